import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { isAlive } from '@auth/dev/stack/processes';
import { until } from '@auth/testkit/dev-process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { childrenOf } from '../measure/cpu-time.ts';

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

/** Starts the script as `pnpm compare` does, with its own folder for temporary files and without Redis. */
function startScript(env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'compare-test-'));
  chmodSync(folder, 0o755);
  removals.push(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // The guards that end processes are shell scripts.
  for (const name of ['sh', 'cat']) symlinkSync(join('/bin', name), join(bin, name));
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  const args = ['--import', 'tsx', '--conditions=@auth/source', 'tools/lab/compare/compare.ts'];
  const child = spawn(process.execPath, args, {
    cwd: repositoryRoot,
    env: { PATH: bin, HOME: process.env['HOME'], TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, temporary, output: () => output, exit: once(child, 'exit') };
}

function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

describe('pnpm compare', () => {
  it('rejects an invalid COMPARE_SECONDS', async () => {
    const { exit, output } = startScript({ COMPARE_SECONDS: 'long' });
    expect(await exit).toEqual([78, null]);
    expect(output()).toBe('COMPARE_SECONDS must be 1 to 300: how long the measured load lasts\n');
  }, 30_000);

  it('exits 1 when no Redis answers at REDIS_URL', async () => {
    const { exit, output } = startScript({ COMPARE_SECONDS: '5', REDIS_URL: 'redis://user:secret@127.0.0.1:1' });
    expect(await exit).toEqual([1, null]);
    expect(output().trimEnd().split('\n').at(-1)).toBe(
      'REDIS_URL: no Redis answers at 127.0.0.1:1. Start it, or unset REDIS_URL',
    );
  }, 30_000);

  it('skips Redis where there is none, and removes everything at Ctrl-C', async () => {
    const { child, temporary, exit, output } = startScript({ COMPARE_SECONDS: '5' });
    const page = readFileSync(join(repositoryRoot, 'docs/compare.md'), 'utf8');
    await until(() => output().includes('warming up') || child.exitCode !== null);
    expect(output()).toContain('SKIPPED, no Redis is here');
    const running = treeOf(child.pid ?? 0);
    // The script, Postgres and its guard, the user app, the service, the proxy, two gateways, the load.
    expect(running.length).toBeGreaterThan(8);
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
    expect(output().trimEnd().split('\n').at(-1)).toBe('stopped');
    await until(() => !running.some(isAlive));
    expect(readdirSync(temporary).filter((name) => name.startsWith('compare-'))).toEqual([]);
    expect(readFileSync(join(repositoryRoot, 'docs/compare.md'), 'utf8')).toBe(page);
  }, 120_000);
});
