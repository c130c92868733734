import { describe, expect, it } from '@jest/globals';
import { UpstreamError } from './upstream-error.ts';

const operation = 'product:quotes.create';

describe('UpstreamError', () => {
  it('has the operation, the code and the answer of the callee', () => {
    const texts = [
      new UpstreamError('unavailable', operation),
      new UpstreamError('upstream_refused', operation, { answer: { status: 404, code: 'not_found' } }),
      new UpstreamError('upstream_failed', operation, { answer: { status: 502, code: undefined } }),
    ].map(String);
    expect(texts).toEqual([
      'UpstreamError: product:quotes.create: unavailable',
      'UpstreamError: product:quotes.create: upstream_refused (answered 404 not_found)',
      'UpstreamError: product:quotes.create: upstream_failed (answered 502)',
    ]);
  });

  it('has a cause only when one is given', () => {
    const cause = new Error('connection lost');
    expect(new UpstreamError('unavailable', operation, { cause }).cause).toBe(cause);
    expect(Object.hasOwn(new UpstreamError('unavailable', operation), 'cause')).toBe(false);
  });
});
