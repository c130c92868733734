import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { childrenOf, cpuSecondsBelow, cpuSecondsOf } from './cpu-time.ts';

const burn = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);';

(process.platform === 'linux' ? describe : describe.skip)('processor time', () => {
  it('equals what the process reports of itself', () => {
    const ownSeconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
    const outside = process.cpuUsage();
    const before = cpuSecondsOf(process.pid);
    const inside = process.cpuUsage();
    while (ownSeconds(process.cpuUsage(inside)) < 0.3);
    const least = ownSeconds(process.cpuUsage(inside));
    const used = cpuSecondsOf(process.pid) - before;
    const most = ownSeconds(process.cpuUsage(outside));
    // The scheduler has counted threads on the other core up to their last tick.
    expect(used).toBeGreaterThan(least - 0.03);
    expect(used).toBeLessThan(most + 0.03);
  });

  it('of an ended process is 0, and is counted below its parent', () => {
    const before = cpuSecondsBelow(process.pid);
    const { pid } = spawnSync(process.execPath, ['-e', burn]);
    expect(cpuSecondsOf(pid)).toBe(0);
    expect(cpuSecondsBelow(process.pid) - before).toBeGreaterThan(0.3);
  });

  it('below a process counts its running children', async () => {
    const before = cpuSecondsBelow(process.pid);
    const child = spawn(process.execPath, ['-e', `${burn} console.log('done'); setInterval(() => {}, 1000);`]);
    await once(createInterface({ input: child.stdout }), 'line');
    expect(childrenOf(process.pid)).toContain(child.pid);
    expect(cpuSecondsBelow(process.pid) - before).toBeGreaterThan(0.3);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
