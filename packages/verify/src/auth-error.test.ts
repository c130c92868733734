import { describe, expect, it } from '@jest/globals';
import { AuthError } from './auth-error.ts';
import { authErrors } from './problems.ts';

describe('authErrors', () => {
  it('has the documented status and title of each code', () => {
    const lines = Object.entries(authErrors).map(([code, { status, title }]) => `${status} ${code}: ${title}`);
    expect(lines).toEqual([
      '400 invalid_request: Invalid request',
      '400 invalid_service_token: Invalid service token',
      '401 missing_token: Missing access token',
      '401 invalid_token: Invalid access token',
      '401 token_expired: Access token expired',
      '401 token_revoked: Access token revoked',
      '403 insufficient_scope: Insufficient scope',
      '403 insufficient_audience: Insufficient audience',
      '403 caller_not_allowed: Caller not allowed',
      '413 payload_too_large: Payload too large',
      '415 unsupported_media_type: Unsupported media type',
      '503 unavailable: Unavailable',
    ]);
  });

  // RFC 6750 §3: error_description excludes the quotation mark and the backslash.
  it.each(Object.entries(authErrors))('explains %s in a sentence that fits into a header', (_code, { detail }) => {
    expect(detail).toMatch(/^[A-Z][\x20\x21\x23-\x5b\x5d-\x7e]+\.$/);
  });
});

describe('AuthError', () => {
  it('has the status of its code, and code and reason in its message', () => {
    const error = new AuthError('token_expired', 'expired');
    expect(String(error)).toBe('AuthError: token_expired: expired');
    expect(error).toMatchObject({ code: 'token_expired', status: 401, reason: 'expired' });
    expect([error.scope, error.call]).toStrictEqual([undefined, undefined]);
  });

  it('has a cause only when one is given', () => {
    const cause = new Error('connection lost');
    expect(new AuthError('unavailable', 'store_failed', { cause }).cause).toBe(cause);
    expect(Object.hasOwn(new AuthError('unavailable', 'store_full'), 'cause')).toBe(false);
  });
});
