/**
 * The reason why a fetch brought no keys. `timeout`: no complete answer in time. `network`: no connection, or one that
 * broke. `redirect`: a 3xx, never followed. `status`: any other status. `content`: not JSON by its Content-Type, or in
 * a coding that cannot be read. `too_large`: more than `maxBytes`. `malformed`: no JWK Set, or one that breaks the
 * policy of `parseJwks`.
 */
export type JwksFailure = 'timeout' | 'too_large' | 'redirect' | 'status' | 'content' | 'malformed' | 'network';

/** The outcome of a fetch: a closed set, fit for a metric label. `unchanged`: the server answered 304. */
export type JwksOutcome = 'loaded' | 'unchanged' | JwksFailure;

/** The error of a fetch that brought no keys, for the log. `cause` is the error behind it, if there is one. */
export class JwksFetchError extends Error {
  override readonly name = 'JwksFetchError';
  readonly outcome: JwksFailure;

  constructor(outcome: JwksFailure, detail: string, options: { readonly cause?: unknown } = {}) {
    super(`no keys from the JWKS URL: ${detail}`, options);
    this.outcome = outcome;
  }
}
