import { createMetrics } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import { openSingleUse } from './open-single-use.ts';

const metrics = () => createMetrics({ service: 't' });
const now = () => 1_800_000_000;

describe('openSingleUse', () => {
  it('knows the uses since the start of the process, without Redis', async () => {
    const store = openSingleUse({ redis: undefined, metrics: metrics(), now, monotonicMs: () => 2500 });
    expect(store.knownSeconds?.()).toBe(2.5);
    expect([await store.use('a', now() + 20), await store.use('a', now() + 20)]).toEqual(['recorded', 'replayed']);
  });

  it('knows all uses with Redis, which outlives the process', async () => {
    const redis = { set: async () => null, status: 'ready' };
    const store = openSingleUse({ redis: redis as never, metrics: metrics(), now });
    expect(store.knownSeconds?.()).toBe(Number.POSITIVE_INFINITY);
    expect(await store.use('a', now() + 20)).toBe('replayed');
  });
});
