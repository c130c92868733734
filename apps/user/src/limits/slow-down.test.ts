import { describe, expect, it } from '@jest/globals';
import { createSlowDown, type SlowedAttempt } from './slow-down.ts';

const slots = 1000;

/** Opens a slow-down whose delays end only when the signal is aborted. */
function openSlowDown() {
  const slowDown = createSlowDown((_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', resolve)));
  return (slowed: Partial<SlowedAttempt>) => slowDown({ above: 1, ownGuesses: 0, signal: undefined, ...slowed });
}

async function outcomeOf(waiting: Promise<void>): Promise<string> {
  return waiting.then(
    () => 'let in',
    (error) => error.code ?? error.name,
  );
}

describe('createSlowDown', () => {
  it('delays each attempt above the limit longer, up to 5 s', async () => {
    const delays: number[] = [];
    const slowDown = createSlowDown(async (ms) => void delays.push(ms));
    for (const above of [-1, 0, 1, 2, 50, 51, 1000]) await slowDown({ above, ownGuesses: 0, signal: undefined });
    expect(delays).toEqual([100, 200, 5000, 5000, 5000]);
  });

  it('gives the slot of a client with a wrong guess to one without, when all slots are taken', async () => {
    const slowDown = openSlowDown();
    const bots = Array.from({ length: slots }, (_, index) => outcomeOf(slowDown({ ownGuesses: index === 7 ? 1 : 0 })));
    const owner = new AbortController();
    const waiting = outcomeOf(slowDown({ signal: owner.signal }));
    expect(await bots[7]).toBe('too_busy');
    expect(await outcomeOf(slowDown({}))).toBe('too_busy');
    expect(await outcomeOf(slowDown({ ownGuesses: 1 }))).toBe('too_busy');
    owner.abort();
    expect(await waiting).toBe('ClientGoneError');
  });

  it('frees the slot of a client that is gone', async () => {
    const slowDown = openSlowDown();
    const gone = new AbortController();
    const waiting = Array.from({ length: slots }, () => outcomeOf(slowDown({ signal: gone.signal })));
    gone.abort();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['ClientGoneError']));
    const next = new AbortController();
    const nextWaiting = outcomeOf(slowDown({ signal: next.signal }));
    next.abort();
    expect(await nextWaiting).toBe('ClientGoneError');
  });
});
