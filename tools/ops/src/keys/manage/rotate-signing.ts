import { issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import type { SigningJwk } from '@auth/keys/signing-key';
import { publicJwk } from '@auth/keys/signing-key';
import { jwksFreshSeconds, skewSeconds } from '@auth/verify/times';
import type { Gate } from './gate.ts';
import type { Folder, Step } from './step.ts';
import { documentOf } from './step.ts';
import { accessTokenLife } from './waiting-times.ts';

/**
 * The next step of the signing key's rotation: publish a new key to everybody, sign with it, remove the old one. Public
 * keys that a service lacks, or still has, after an interrupted step are put right first.
 */
export async function planSigningRotation(
  folder: Folder,
  { gate, generate }: { gate: Gate; generate: () => Promise<SigningJwk> },
): Promise<Step> {
  const issuer = documentOf(folder, issuerService);
  return (
    completion(folder, issuer) ??
    removal(folder, issuer, gate) ??
    switchOver(folder, issuer, gate) ??
    publication(folder, issuer, await generate())
  );
}

/** Whether a rotation is under way, or was interrupted. */
export function isSigningRotating(folder: Folder): boolean {
  const issuer = documentOf(folder, issuerService);
  return hasOtherThanActive(issuer) || completion(folder, issuer) !== undefined;
}

function hasOtherThanActive({ signing = [] }: KeyDocument): boolean {
  return signing.some(({ state }) => state !== 'active');
}

function completion(folder: Folder, issuer: KeyDocument): Step | undefined {
  const writes = published(folder, issuer).filter(
    (document) => kidsAt(document) !== kidsAt(folder.get(document.service)),
  );
  if (writes.length === 0) return undefined;
  const did = `gave ${writes.map(({ service }) => service).join(', ')} the public keys of ${issuerService}: the step before was interrupted`;
  const last = !hasOtherThanActive(issuer);
  return {
    did,
    writes,
    blockers: [],
    next: last ? 'the rotation is complete' : 'run it again for the next step',
    last,
  };
}

function removal(folder: Folder, issuer: KeyDocument, gate: Gate): Step | undefined {
  const { signing = [] } = issuer;
  const old = signing.filter(({ state }) => state === 'retiring');
  const active = signing.find(({ state }) => state === 'active');
  if (old.length === 0 || active === undefined) return undefined;
  const without = { ...issuer, signing: signing.filter(({ state }) => state !== 'retiring') };
  return {
    did: `removed ${old.map(({ kid }) => kid).join(', ')} everywhere`,
    // The issuer first: what it does not publish, nobody needs.
    writes: [without, ...published(folder, without)],
    // The last token that was signed with it must have expired.
    blockers: gate.blockers(issuerService, {
      kid: active.kid,
      member: 'signing',
      state: 'active',
      forSeconds: accessTokenLife(gate) + skewSeconds,
    }),
    next: 'the rotation is complete',
    last: true,
  };
}

function switchOver(folder: Folder, issuer: KeyDocument, gate: Gate): Step | undefined {
  const { signing = [] } = issuer;
  const fresh = signing.find(({ state }) => state === 'pending');
  if (fresh === undefined) return undefined;
  const { kid } = fresh;
  const maxAge = gate.setting(issuerService, 'jwksMaxAgeSeconds') ?? jwksFreshSeconds;
  const verifiers = [...folder.keys()].filter((service) => service !== issuerService);
  return {
    did: `${issuerService} signs with ${kid} from now on`,
    writes: [{ ...issuer, signing: signing.map((key) => ({ ...key, state: key === fresh ? 'active' : 'retiring' })) }],
    blockers: [
      // Whoever fetched the public keys a moment before it was published may keep what it has for that long.
      ...gate.blockers(issuerService, { kid, member: 'signing', forSeconds: maxAge + skewSeconds }),
      ...verifiers.flatMap((service) => gate.blockers(service, { kid, member: 'issuer.jwks' })),
    ],
    next: 'when the last token of the old key has expired, run it again to remove that key',
    last: false,
  };
}

/** A key that nothing is signed with yet breaks nobody. */
function publication(folder: Folder, issuer: KeyDocument, fresh: SigningJwk): Step {
  const withFresh = { ...issuer, signing: [...(issuer.signing ?? []), fresh] };
  return {
    did: `published ${fresh.kid} to everybody`,
    writes: [withFresh, ...published(folder, withFresh)],
    blockers: [],
    next: 'when every service has loaded it, and others had time to fetch it, run it again to sign with it',
    last: false,
  };
}

/** Every other document, with the public keys of the issuer. */
export function published(folder: Folder, { issuer, signing = [] }: KeyDocument): KeyDocument[] {
  const jwks = { keys: signing.map(publicJwk) };
  return [...folder.values()]
    .filter(({ service }) => service !== issuerService)
    .map((document) => ({ ...document, issuer: { iss: issuer.iss, jwks } }));
}

function kidsAt(document: KeyDocument | undefined): string {
  return (document?.issuer.jwks?.keys ?? []).map(({ kid }) => kid).join(' ');
}
