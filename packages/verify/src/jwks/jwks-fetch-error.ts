/**
 * The reason why a fetch brought no keys. `timeout`: no complete answer in time. `network`: no connection, or one that
 * broke. `redirect`: a 3xx, never followed. `status`: any other status. `content`: not JSON by its Content-Type, or in
 * a coding that cannot be read. `too_large`: more than `maxBytes`. `malformed`: no JWK Set, or one that breaks the
 * policy of `parseJwks`; no metadata. Only of `discoverIssuer`: `issuer`, the metadata names another issuer; `jwks_uri`,
 * the metadata names no URL that is allowed.
 */
export type JwksFailure =
  | 'timeout'
  | 'too_large'
  | 'redirect'
  | 'status'
  | 'content'
  | 'malformed'
  | 'network'
  | 'issuer'
  | 'jwks_uri';

/** The outcome of a fetch: a closed set, fit for a metric label. `unchanged`: the server answered 304. */
export type JwksOutcome = 'loaded' | 'unchanged' | JwksFailure;

/** The options of a JwksFetchError. */
export interface JwksFetchErrorOptions {
  readonly cause?: unknown;
  /** The document that was asked for; the keys unless given. */
  readonly document?: 'keys' | 'metadata';
}

/** The error of a fetch that brought no keys, for the log. `cause` is the error behind it, if there is one. */
export class JwksFetchError extends Error {
  override readonly name = 'JwksFetchError';
  readonly outcome: JwksFailure;
  /** The message without the name of the document. */
  readonly detail: string;

  constructor(outcome: JwksFailure, detail: string, { cause, document = 'keys' }: JwksFetchErrorOptions = {}) {
    const missing = document === 'keys' ? 'keys from the JWKS URL' : "JWKS URL from the issuer's metadata";
    super(`no ${missing}: ${detail}`, cause === undefined ? {} : { cause });
    this.outcome = outcome;
    this.detail = detail;
  }
}
