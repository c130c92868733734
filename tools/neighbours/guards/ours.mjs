import { requireScope, requireUser, userOf } from '../../../packages/verify/dist/esm/express/index.js';
import {
  createAccessTokenVerifier,
  createRevocationTable,
  parseJwks,
} from '../../../packages/verify/dist/esm/index.js';

/** @auth/verify as the services use it: every check, a table of revocations, and guards for user and scope. */
export async function openGuard({ issuer, audience, scope, jwks, rememberTokens }) {
  const now = () => Date.now() / 1000;
  const revocations = createRevocationTable({ now });
  for (let session = 0; session < 1000; session += 1) {
    revocations.put({ sid: `session-${session}`, notBefore: 'ended', keepUntil: now() + 3600 });
  }
  const options = { issuer, audience, keys: parseJwks(jwks), revocations, now };
  const verifier = createAccessTokenVerifier({ ...options, ...(rememberTokens !== undefined && { rememberTokens }) });
  return { guards: [requireUser(verifier), requireScope(scope)], userOf: (req) => userOf(req).sub };
}
