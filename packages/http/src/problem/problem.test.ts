import type { ProblemEntry } from '@auth/verify/problems';
import { describe, expect, it } from '@jest/globals';
import { Problem } from './problem.ts';
import { type ProblemCode, problems } from './problem-codes.ts';

const contract: [number, ProblemCode[]][] = [
  [400, ['invalid_request', 'invalid_service_token']],
  [
    401,
    [
      'invalid_credentials',
      'invalid_refresh_token',
      'missing_token',
      'no_session',
      'token_expired',
      'token_revoked',
      'invalid_token',
    ],
  ],
  [403, ['insufficient_scope', 'insufficient_audience', 'caller_not_allowed', 'forbidden']],
  [404, ['not_found']],
  [405, ['method_not_allowed']],
  [408, ['request_timeout']],
  [409, ['conflict']],
  [412, ['precondition_failed']],
  [413, ['payload_too_large']],
  [415, ['unsupported_media_type']],
  [417, ['expectation_failed']],
  [422, ['invalid_fields']],
  [428, ['precondition_required']],
  [429, ['rate_limited']],
  [431, ['headers_too_large']],
  [500, ['internal']],
  [501, ['not_implemented']],
  [502, ['upstream_failed']],
  [503, ['unavailable']],
  [504, ['upstream_timeout']],
  [505, ['version_not_supported']],
];

describe('problems', () => {
  it.each(contract)('has the codes of status %i', (status, codes) => {
    const found = Object.entries(problems).filter(([, problem]) => problem.status === status);
    expect(found.map(([code]) => code).sort()).toEqual([...codes].sort());
  });

  it('have no other status', () => {
    const statuses = new Set(Object.values(problems).map(({ status }) => status));
    expect([...statuses].sort()).toEqual(contract.map(([status]) => status).sort());
  });
});

describe('Problem', () => {
  it('has Retry-After: 5 on a 503 by default', () => {
    expect(new Problem('unavailable').headers).toEqual({ 'Retry-After': '5' });
  });

  it.each([
    ['whole seconds', 7, '7'],
    ['rounded up', 0.2, '1'],
    ['never negative', -3, '0'],
  ])('writes retryAfterSeconds %s', (_case, retryAfterSeconds, expected) => {
    expect(new Problem('rate_limited', { retryAfterSeconds }).headers['Retry-After']).toBe(expected);
  });

  it.each(Object.keys(problems) as ProblemCode[])('%s has the challenge of its code, and every 401 has one', (code) => {
    const { status, headers } = new Problem(code);
    const { challenge }: ProblemEntry = problems[code];
    expect(headers['WWW-Authenticate']).toBe(challenge);
    if (status === 401) expect(challenge).toMatch(/^Bearer realm="api"/);
  });

  it('has the same detail in body and challenge of a refused access token', () => {
    const { detail, headers } = new Problem('token_expired');
    expect(headers['WWW-Authenticate']).toBe(
      `Bearer realm="api", error="invalid_token", error_description="${detail}"`,
    );
  });

  it('has a challenge without an error where no access token was refused', () => {
    expect(new Problem('invalid_credentials').headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="api"' });
  });

  it('keeps the headers it is given, whatever their case', () => {
    const headers = { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' };
    expect(new Problem('invalid_token', { headers }).headers).toEqual(headers);
  });

  it('has the cause and the reason for the log', () => {
    const cause = new Error('below');
    const problem = new Problem('upstream_failed', { cause, reason: 'product answered 500', detail: 'Try later.' });
    expect(problem).toMatchObject({ cause, reason: 'product answered 500', detail: 'Try later.', status: 502 });
    expect(problem.message).toBe('product answered 500');
  });
});
