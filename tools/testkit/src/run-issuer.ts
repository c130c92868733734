import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { env } from 'node:process';
import { issuerService, services } from '@auth/contracts';
import { createTestIssuer, type TestIssuer } from '@auth/verify/testing';

/** The variable with the key of the test run's issuer, as a PEM text. */
export const ISSUER_KEY = 'TEST_ISSUER_KEY';
/** The variable with a key that the issuer does not have, as a PEM text. */
export const OTHER_KEY = 'TEST_OTHER_KEY';

/** Generates such a key. Test files share two of them, since generating one takes long. */
export function generateRunKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** Reads the data of the test run. @throws Error outside a test run */
export function readRunKey(name: typeof ISSUER_KEY | typeof OTHER_KEY): KeyObject {
  // A test process has no main file that could pass its environment on.
  const pem = env[name];
  if (pem === undefined) throw new Error('No key to sign with: run the tests with pnpm test');
  return createPrivateKey(pem);
}

/** Creates the issuer that the apps under test trust. Its tokens are for all apps unless a test names others. */
export function openRunIssuer(now: () => number, audience: string = issuerService): TestIssuer {
  return createTestIssuer({
    issuer: 'https://auth.example',
    // The template of a service is none of the services.
    audience: [...new Set([...services, audience])],
    now,
    privateKey: readRunKey(ISSUER_KEY),
  });
}
