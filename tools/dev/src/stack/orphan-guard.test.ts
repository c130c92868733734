import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { startOrphanGuard } from './orphan-guard.ts';
import { isAlive } from './processes.ts';

describe('startOrphanGuard', () => {
  it('ends the remaining groups when its pipe ends, and no other', async () => {
    const [first, removed, last] = ['61', '62', '63'].map((seconds) => spawn('sleep', [seconds], { detached: true }));
    const guard = startOrphanGuard();
    for (const child of [first, removed, last]) guard.add(child?.pid ?? 0);
    guard.remove(removed?.pid ?? 0);
    const ended = [first, last].map((child) => child && once(child, 'exit'));
    guard.close();
    expect(await Promise.all(ended)).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    expect(isAlive(removed?.pid ?? 0)).toBe(true);
    removed?.kill();
  });
});
