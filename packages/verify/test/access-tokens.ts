import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { env } from 'node:process';
import { type AccessTokenVerifier, createAccessTokenVerifier, type RememberingVerifier } from '../src/access-token.ts';
import type { AccessTokenVerifierOptions } from '../src/access-token-options.ts';
import { createTestIssuer, type TestIssuer } from '../src/testing/index.ts';
import { forge, rs256 } from './forge.ts';
import { outcomeOf } from './outcome.ts';
import { createTestClock, startOfTests, type TestClock } from './test-clock.ts';

/** An issuer, a stopped clock and the verifier of the service `order`. */
export interface AccessTokenSetup {
  readonly clock: TestClock;
  readonly issuer: TestIssuer;
  readonly verifier: AccessTokenVerifier;
  /** Verifies a token and returns the outcome: `accepted`, or code and reason. */
  outcome(token: string): string;
  /** Another verifier of the same tokens. */
  verifierWith(options: Partial<AccessTokenVerifierOptions>): RememberingVerifier;
  /** Signs with the issuer's own key what no library would sign. */
  forged(payload: unknown, header?: Readonly<Record<string, unknown>>): string;
}

/** Claims that every check accepts at the start of the tests. */
export const goodClaims = {
  iss: 'https://auth.example',
  aud: ['user', 'order'],
  sub: '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58',
  client_id: 'first-party',
  iat: startOfTests,
  exp: startOfTests + 600,
  jti: 'AAAAAAAAAAAAAAAAAAAAAA',
  sid: 'session-1',
  auth_time: startOfTests - 60,
  scope: 'order:read order:write',
  roles: ['customer'],
} as const;

/** RSA keys that all test files of a run share, since creating one is slow. Without a run, keys of this file. */
const keyOfRun = (name: string) => {
  const pem = env[name];
  return pem === undefined ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : createPrivateKey(pem);
};
export const privateKey = keyOfRun('TEST_ISSUER_KEY');
/** A private key that the issuer does not have. */
export const otherKey = keyOfRun('TEST_OTHER_KEY');

/** Sets up an issuer with another key id. */
export function setUpAccessTokens(): AccessTokenSetup {
  const clock = createTestClock();
  const issuer = createTestIssuer({ issuer: goodClaims.iss, audience: goodClaims.aud, now: clock.now, privateKey });
  const verifierWith = (options: Partial<AccessTokenVerifierOptions>) =>
    createAccessTokenVerifier({
      issuer: issuer.issuer,
      audience: 'order',
      keys: issuer.keys,
      revocations: null,
      now: clock.now,
      ...options,
    });
  const verifier = verifierWith({});
  return {
    clock,
    issuer,
    verifier,
    verifierWith,
    outcome: (token) => outcomeOf(() => verifier.verify(token)),
    forged: (payload, header = {}) =>
      forge({ header: { ...headerOf(issuer), ...header }, payload, sign: rs256(issuer.privateKey) }),
  };
}

/** The one good header of an issuer's tokens. */
export function headerOf({ kid }: { readonly kid: string }) {
  return { alg: 'RS256', typ: 'at+jwt', kid };
}
