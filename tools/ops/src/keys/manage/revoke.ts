import type { SessionSecret } from '@auth/keys/session-key';
import type { SigningJwk } from '@auth/keys/signing-key';
import type { Revocation } from './revocation.ts';
import { revokeEdgeKey } from './revoke-edge.ts';
import { revokeSessionKey } from './revoke-session.ts';
import { revokeSigningKey } from './revoke-signing.ts';
import type { NextKid } from './rotate-edge.ts';
import type { Folder } from './step.ts';

/** What new keys are made with. */
export interface KeyMakers {
  readonly nextKid: NextKid;
  readonly signingKey: () => Promise<SigningJwk>;
  readonly sessionKey: () => Promise<SessionSecret>;
}

/**
 * Plans the end of a key that is in wrong hands: no gate, and no waiting for what was signed with it. Planned again after
 * an interruption it goes on with the same successor. `undefined` when no document holds the key.
 */
export async function planRevocation(folder: Folder, kid: string, make: KeyMakers): Promise<Revocation | undefined> {
  const documents = [...folder.values()];
  const has = (keys: readonly { readonly kid: string }[] = []) => keys.some((key) => key.kid === kid);
  if (documents.some(({ signing, issuer }) => has(signing) || has(issuer.jwks?.keys))) {
    return revokeSigningKey(folder, kid, make.signingKey);
  }
  if (documents.some(({ sessionKeys }) => has(sessionKeys))) return revokeSessionKey(folder, kid, make.sessionKey);
  for (const { service, calls, accepts } of documents) {
    const callee = Object.keys(calls).find((name) => has(calls[name]));
    if (callee !== undefined) return revokeEdgeKey(folder, { caller: service, callee }, kid, make.nextKid);
    const caller = Object.keys(accepts).find((name) => has(accepts[name]));
    if (caller !== undefined) return revokeEdgeKey(folder, { caller, callee: service }, kid, make.nextKid);
  }
  return undefined;
}
