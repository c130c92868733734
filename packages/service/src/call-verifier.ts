import { operations } from '@auth/contracts';
import {
  type AccessTokenVerifier,
  calleeOf,
  createServiceTokenVerifier,
  type ServiceTokenVerifier,
  type ServiceTokenVerifierOptions,
} from '@auth/verify';

interface CallVerifierOptions extends Omit<ServiceTokenVerifierOptions, 'accessTokens'> {
  /** Verifies the user's access token that a call carries. */
  readonly verify: AccessTokenVerifier;
}

/** Creates the verifier of calls from other services. */
export function createCallVerifier({ verify, ...options }: CallVerifierOptions): ServiceTokenVerifier {
  return createServiceTokenVerifier({ ...options, accessTokens: servesUsers(options.service) ? verify : null });
}

/**
 * Returns whether any operation of the service needs a user's access token. If none does, a call with an access token is
 * refused.
 */
function servesUsers(service: string): boolean {
  return Object.values(operations).some(
    (operation) => calleeOf(operation) === service && operation.user === 'required',
  );
}
