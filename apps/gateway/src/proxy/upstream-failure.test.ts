import { Problem } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import { errors } from 'undici';
import { isCutOff, UpstreamFailure, upstreamFailure } from './upstream-failure.ts';

const withCode = (code: string, syscall?: string) =>
  Object.assign(new Error(code), { code, ...(syscall && { syscall }) });

describe('upstreamFailure', () => {
  it.each([
    ['unavailable', withCode('ECONNREFUSED', 'connect')],
    ['unavailable', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
    ['unavailable', withCode('ENOTFOUND', 'getaddrinfo')],
    ['unavailable', withCode('ETIMEDOUT', 'connect')],
    ['unavailable', new errors.ConnectTimeoutError()],
    ['upstream_failed', withCode('ETIMEDOUT', 'read')],
    ['upstream_failed', withCode('EHOSTUNREACH', 'write')],
    ['upstream_failed', withCode('ECONNRESET', 'read')],
    ['upstream_failed', withCode('EPIPE', 'write')],
    ['upstream_failed', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['upstream_failed', withCode('ERR_INVALID_CHAR')],
    // A code that no table has.
    ['upstream_failed', withCode('ERR_ASSERTION')],
    ['upstream_failed', new errors.SocketError('other side closed')],
    ['upstream_failed', new errors.HTTPParserError('no code')],
    ['upstream_failed', new errors.HeadersOverflowError()],
    ['upstream_timeout', new errors.HeadersTimeoutError()],
    ['upstream_timeout', new errors.BodyTimeoutError()],
  ])('returns %s for %s', (code, error) => {
    expect(upstreamFailure(error)).toMatchObject({ code, cause: error });
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a wrong argument', new errors.InvalidArgumentError()],
    ['a refusal', new Problem('payload_too_large')],
    ['nothing', undefined],
    ['a word', 'ECONNREFUSED'],
  ])('returns undefined for %s', (_case, error) => {
    expect(upstreamFailure(error)).toBeUndefined();
  });

  it('returns a failure unchanged', () => {
    const failure = new UpstreamFailure('upstream_failed', 'no length');
    expect(upstreamFailure(failure)).toBe(failure);
  });
});

describe('isCutOff', () => {
  it.each([
    [true, withCode('ECONNRESET', 'read')],
    [true, withCode('EPIPE', 'write')],
    [true, new errors.SocketError('other side closed')],
    [false, withCode('ECONNREFUSED', 'connect')],
    [false, new errors.HeadersTimeoutError()],
    [false, new errors.HTTPParserError('no HTTP')],
  ])('is %s for %s', (expected, error) => {
    expect(isCutOff(upstreamFailure(error))).toBe(expected);
  });
});
