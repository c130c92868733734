/** Status, title and safe explanation of every refusal this package makes. Titles and codes are stable. */
export const authErrors = {
  invalid_request: { status: 400, title: 'Invalid request', detail: 'The request is malformed.' },
  invalid_service_token: {
    status: 400,
    title: 'Invalid service token',
    detail: 'The Service-Token header is missing, malformed, expired, already used, or made for another request.',
  },
  missing_token: {
    status: 401,
    title: 'Missing access token',
    detail: 'Send an access token: Authorization: Bearer <token>.',
  },
  invalid_token: { status: 401, title: 'Invalid access token', detail: 'The access token is not valid here.' },
  token_expired: {
    status: 401,
    title: 'Access token expired',
    detail: 'The access token has expired: refresh it or log in again.',
  },
  token_revoked: {
    status: 401,
    title: 'Access token revoked',
    detail: 'The session of this access token has ended: log in again.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    detail: 'The access token lacks a scope that this operation needs.',
  },
  insufficient_audience: {
    status: 403,
    title: 'Insufficient audience',
    detail: 'The access token is not for a service that this work needs: log in for that audience as well.',
  },
  caller_not_allowed: {
    status: 403,
    title: 'Caller not allowed',
    detail: 'The calling service is not listed for this operation.',
  },
  payload_too_large: { status: 413, title: 'Payload too large', detail: 'The request body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json in UTF-8, without Content-Encoding.',
  },
  unavailable: { status: 503, title: 'Unavailable', detail: 'Try again shortly.' },
} as const;

export type AuthErrorCode = keyof typeof authErrors;

/** Why a credential was refused: a closed set, fit for logs and metric labels. Never part of an answer. */
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
  /** The scope a 403 `insufficient_scope` asks for. */
  readonly scope?: string | undefined;
  /** Seconds since 1970: a service token that is issued later is not refused for this reason. */
  readonly issuedAfter?: number | undefined;
  /** The service that was refused, once it is authenticated. */
  readonly call?: AuthenticatedCall | undefined;
  readonly cause?: unknown;
}

/** A service token whose signature holds: who made it, with which key, and its id. */
export interface AuthenticatedCall {
  readonly caller: string;
  readonly kid: string;
  readonly jti: string;
}

/**
 * The one error of this package: a refusal with a code for the caller and a reason for the log.
 * Its message holds neither the credential nor a configured value.
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
