/** Who asks, as far as the proxy needs to know. */
export type Visitor = SessionVisitor | { readonly kind: 'bearer' } | { readonly kind: 'anonymous' };

/** Someone whose access token the gateway keeps: the service is sent it, and never what the client sent. */
export interface SessionVisitor {
  readonly kind: 'session';
  readonly accessToken: string;
  /** The session's id, for the log; not its secret. */
  readonly session?: string;
  /**
   * Called with the code with which a service refused the token; the request has not been carried out. Gives another token
   * to send the request with, or `undefined` where none would do better. Rejects with what is to be answered instead.
   */
  onRefused(code: string): Promise<string | undefined>;
}
