import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { childrenOf, cpuSecondsBelow, cpuSecondsOf } from './cpu-time.ts';

const burn = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);';

(process.platform === 'linux' ? describe : describe.skip)('processor time', () => {
  it('is what the process itself says', () => {
    const before = [cpuSecondsOf(process.pid), process.cpuUsage()] as const;
    const end = performance.now() + 200;
    while (performance.now() < end);
    const { user, system } = process.cpuUsage(before[1]);
    const used = cpuSecondsOf(process.pid) - before[0];
    expect(used / ((user + system) / 1e6)).toBeCloseTo(1, 1);
  });

  it('of a process that has ended is none, and stays with the one that started it', () => {
    const before = cpuSecondsBelow(process.pid);
    const { pid } = spawnSync(process.execPath, ['-e', burn]);
    expect(cpuSecondsOf(pid)).toBe(0);
    expect(cpuSecondsBelow(process.pid) - before).toBeGreaterThan(0.3);
  });

  it('counts what has been started and runs', async () => {
    const before = cpuSecondsBelow(process.pid);
    const child = spawn(process.execPath, ['-e', `${burn} console.log('done'); setInterval(() => {}, 1000);`]);
    await once(createInterface({ input: child.stdout }), 'line');
    expect(childrenOf(process.pid)).toContain(child.pid);
    expect(cpuSecondsBelow(process.pid) - before).toBeGreaterThan(0.3);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
