import { issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import type { SigningJwk } from '@auth/keys/signing-key';
import type { Revocation } from './revocation.ts';
import { published } from './rotate-signing.ts';
import type { Folder } from './step.ts';
import { documentOf } from './step.ts';

/** Plans the end of a signing key. @throws KeyCommandError when there is no issuer */
export async function revokeSigningKey(
  folder: Folder,
  kid: string,
  make: () => Promise<SigningJwk>,
): Promise<Revocation> {
  const issuer = documentOf(folder, issuerService);
  const { signing = [] } = issuer;
  const rest = signing.filter((key) => key.kid !== kid);
  // The issuer first: its document is what an interrupted command is completed from.
  const end = (after: KeyDocument) => [after, ...published(folder, after)];
  if (rest.some(({ state }) => state === 'active')) {
    return { stages: [{ writes: end({ ...issuer, signing: rest }), mustLoad: [] }], successor: undefined };
  }
  const known = rest.find(({ state }) => state === 'pending');
  const successor = known ?? (await make());
  const both = known === undefined ? { ...issuer, signing: [...signing, successor] } : issuer;
  const after: KeyDocument = {
    ...issuer,
    signing: [...rest.filter((key) => key !== successor), { ...successor, state: 'active' }],
  };
  const verifiers = published(folder, both);
  const { kid: next } = successor;
  return {
    stages: [
      {
        writes: [both, ...verifiers],
        mustLoad: verifiers.map(({ service }) => ({ service, kid: next, member: 'issuer.jwks' })),
      },
      // Whoever is refused for the old key must find the issuer signing with the new one already.
      { writes: [after], mustLoad: [{ service: issuerService, kid: next, member: 'signing', state: 'active' }] },
      { writes: published(folder, after), mustLoad: [] },
    ],
    successor: next,
  };
}
