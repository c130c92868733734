import type { KeyObject } from 'node:crypto';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { env } from 'node:process';
import { services } from '@auth/contracts';
import type { TestIssuer } from '@auth/verify/testing';
import { createTestIssuer } from '@auth/verify/testing';

/** Where the setup of a test run leaves the throw-away key of its issuer: a PEM text. */
export const ISSUER_KEY = 'TEST_ISSUER_KEY';
/** Where the setup of a test run leaves a key that the issuer does not have: a PEM text. */
export const OTHER_KEY = 'TEST_OTHER_KEY';

/** Creates a key. That is so slow that the test files share two of them. */
export function generateRunKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** @throws Error outside a test run that was set up. */
export function readRunKey(name: typeof ISSUER_KEY | typeof OTHER_KEY): KeyObject {
  // A test process has no main file that could pass its environment.
  const pem = env[name];
  if (pem === undefined) throw new Error('No key to sign with: run the tests with pnpm test');
  return createPrivateKey(pem);
}

/** The issuer that the apps under test trust: tokens for all of them, unless a test sets another audience. */
export function openRunIssuer(now: () => number): TestIssuer {
  return createTestIssuer({
    issuer: 'https://auth.example',
    audience: services,
    now,
    privateKey: readRunKey(ISSUER_KEY),
  });
}
