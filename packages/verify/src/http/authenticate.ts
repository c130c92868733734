import type { AccessTokenVerifier } from '../access-token.ts';
import type { VerifiedClaims } from '../access-token-claims.ts';
import { type RequestHeaders, toRawHeaders } from './header-input.ts';
import { answerOf, assertRefusalOptions, type Refusal, type RefusalOptions, refusalOf } from './refusal.ts';
import { createUserCheck, type UserCheckOptions, type VerifiedUser } from './user-check.ts';

/** A request of any server. */
export interface AuthenticationRequest {
  /** The refusal of a `HEAD` request has the header fields of any other, and no body (RFC 9110 §9.3.2). */
  readonly method?: string | undefined;
  /** The request target as received. Not read: a token in a query is no credential here (RFC 6750 §2.3). */
  readonly target?: string | undefined;
  /**
   * The header fields. Pass them as they arrived: Node's `req.headers` has dropped a second `Authorization` already, so
   * pass `req.rawHeaders`.
   */
  readonly headers: RequestHeaders;
}

/** The verified user of a request, or the refusal to answer with. */
export type Authentication<Claims extends VerifiedClaims> =
  | (VerifiedUser<Claims> & { readonly refusal?: undefined })
  | { readonly refusal: Refusal; readonly claims?: undefined; readonly token?: undefined };

export type Authenticate<Claims extends VerifiedClaims> = (request: AuthenticationRequest) => Authentication<Claims>;

export type AuthenticateOptions = UserCheckOptions & RefusalOptions;

/**
 * Creates the function that authenticates a request of any server or framework by its access token. It is synchronous and
 * sends nothing: a refusal is returned, with status, headers and body.
 *
 * @returns a function that throws only for a mistake in the service: answer it 500
 * @throws TypeError for a wrong option
 */
export function createAuthenticator<Claims extends VerifiedClaims>(
  verifier: AccessTokenVerifier<Claims>,
  options: AuthenticateOptions = {},
): Authenticate<Claims> {
  const check = createUserCheck('createAuthenticator', verifier, options);
  assertRefusalOptions(options);
  return ({ method, headers }) => {
    const rawHeaders = toRawHeaders(headers);
    try {
      return check(rawHeaders);
    } catch (error) {
      const fields = refusalOf(error, options);
      if (fields === undefined) throw error;
      const refusal = answerOf(fields);
      return { refusal: method === 'HEAD' ? { ...refusal, body: '' } : refusal };
    }
  };
}
