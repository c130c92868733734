import { operations } from '@auth/contracts';
import type { AccessTokenVerifier, ServiceTokenVerifier, ServiceTokenVerifierOptions } from '@auth/verify';
import { calleeOf, createServiceTokenVerifier } from '@auth/verify';

interface CallVerifierOptions extends Omit<ServiceTokenVerifierOptions, 'accessTokens'> {
  /** Verifies the access token of a user that a call brings along. */
  readonly verify: AccessTokenVerifier;
}

/** Creates a service's verifier of other services' calls. */
export function createCallVerifier({ verify, ...options }: CallVerifierOptions): ServiceTokenVerifier {
  return createServiceTokenVerifier({ ...options, accessTokens: servesUsers(options.service) ? verify : null });
}

/** Whether other services bring users' tokens along: only then is one looked at there. */
function servesUsers(service: string): boolean {
  return Object.values(operations).some(
    (operation) => calleeOf(operation) === service && operation.user === 'required',
  );
}
