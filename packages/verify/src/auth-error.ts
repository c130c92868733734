import { type AuthErrorCode, authErrors } from './problems.ts';

/** The reason why a credential was rejected: a closed set, fit for logs and metric labels. Never part of an answer. */
export type RefusalReason =
  | 'absent'
  | 'duplicate_header'
  | 'too_long'
  | 'malformed'
  | 'header'
  | 'kid_unknown'
  | 'keys_unavailable'
  | 'signature'
  | 'claims'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'revoked'
  | 'revocations_stale'
  | 'scope'
  | 'caller'
  | 'user_not_expected'
  | 'target'
  | 'method'
  | 'operation'
  | 'access_token_binding'
  | 'content_binding'
  | 'content'
  | 'replayed'
  | 'issued_before_start'
  | 'store_full'
  | 'store_failed'
  | 'not_an_operation';

export interface AuthErrorOptions {
  /** The scope that is missing, for a 403 `insufficient_scope`. */
  readonly scope?: string | undefined;
  /**
   * For `issued_before_start`: the latest `iat` (seconds since 1970) that is still rejected. The caller retries with a
   * later one.
   */
  readonly issuedAfter?: number | undefined;
  /** The calling service, once it is authenticated. */
  readonly call?: AuthenticatedCall | undefined;
  readonly cause?: unknown;
}

/** The caller, key id and token id of a service token with a valid signature. */
export interface AuthenticatedCall {
  readonly caller: string;
  readonly kid: string;
  readonly jti: string;
}

/**
 * The error for every rejected credential: `code` is for the client, `reason` for the log. The message holds neither the
 * credential nor a configured value.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;
  readonly status: number;
  readonly reason: RefusalReason;
  readonly scope: string | undefined;
  readonly issuedAfter: number | undefined;
  readonly call: AuthenticatedCall | undefined;

  constructor(code: AuthErrorCode, reason: RefusalReason, options: AuthErrorOptions = {}) {
    super(`${code}: ${reason}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = authErrors[code].status;
    this.reason = reason;
    this.scope = options.scope;
    this.issuedAfter = options.issuedAfter;
    this.call = options.call;
  }
}
