import { createPublicKey } from 'node:crypto';
import { createAccessTokenVerifier, type RememberingVerifier } from '../src/access-token.ts';
import type { VerifiedClaims } from '../src/access-token-claims.ts';
import type { AccessTokenVerifierOptions } from '../src/access-token-options.ts';
import { type AccessTokenProfile, ownProfile } from '../src/access-token-profile.ts';
import type { PublicKey } from '../src/public-keys.ts';
import { goodClaims, privateKey } from './access-tokens.ts';
import { forge, rs256 } from './forge.ts';
import { outcomeOf } from './outcome.ts';
import { startOfTests } from './test-clock.ts';

type Options = Partial<Omit<AccessTokenVerifierOptions<AccessTokenProfile>, 'profile'>>;

/** A verifier of tokens of some profile, the time it sees, and tokens for it. */
export interface ProfileSetup {
  readonly state: { time: number };
  readonly verifier: RememberingVerifier<VerifiedClaims>;
  /** Verifies a token with these claims and members of the header. */
  outcome(payload: unknown, header?: Readonly<Record<string, unknown>>): string;
  /** Verifies a token and returns its claims. */
  claims(payload: unknown): VerifiedClaims;
}

/** The one key of the tokens. */
export const profileKeys: ReadonlyMap<string, PublicKey> = new Map([
  ['k', { kid: 'k', alg: 'RS256', key: createPublicKey(privateKey) }],
]);

/** Signs what no issuer would, with the key of the tokens. */
export function tokenWith(payload: unknown, header: Readonly<Record<string, unknown>> = {}): string {
  return forge({ header: { alg: 'RS256', typ: 'at+jwt', kid: 'k', ...header }, payload, sign: rs256(privateKey) });
}

/** Creates a verifier of a profile that differs from that of this project in some members. */
export function setUpProfile(profile: Partial<AccessTokenProfile> = {}, options: Options = {}): ProfileSetup {
  const state = { time: startOfTests };
  const verifier = createAccessTokenVerifier<AccessTokenProfile>({
    issuer: goodClaims.iss,
    audience: 'order',
    keys: profileKeys,
    revocations: null,
    now: () => state.time,
    ...options,
    profile: { ...ownProfile, ...profile },
  });
  return {
    state,
    verifier,
    outcome: (payload, header) => outcomeOf(() => verifier.verify(tokenWith(payload, header))),
    claims: (payload) => verifier.verify(tokenWith(payload)),
  };
}
