import type { IncomingMessage } from 'node:http';

/** The result of authentication: a client with a session, with a token of its own, or without credentials. */
export type Authentication = SessionAuthentication | { readonly kind: 'bearer' } | { readonly kind: 'anonymous' };

/**
 * A client with the cookie of a session. The service gets the session's access token, and no credentials of the client.
 */
export interface SessionAuthentication {
  readonly kind: 'session';
  readonly accessToken: string;
  /** The id of the session, for the log. It is not the secret of the cookie. */
  readonly session?: string;
  /**
   * Called with the problem code when a service refused the access token, which means that the request was not carried
   * out. Resolves with another token for a retry, or with `undefined` where another token would not help. Rejects with
   * the error to answer instead.
   */
  onRefused(code: string): Promise<string | undefined>;
}

/**
 * One way to authenticate the client of a request. Returns `undefined` for a request that does not use this way.
 *
 * @throws GatewayError for a request that must not be forwarded
 */
export type Authenticate = (req: IncomingMessage) => Authentication | Promise<Authentication> | undefined;
