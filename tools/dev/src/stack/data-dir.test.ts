import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { claimDataDir } from './data-dir.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'data-dir-'));
const claim = (folder: string, pid = process.pid) => claimDataDir(folder, { portBase: 4000, pid });

describe('claimDataDir', () => {
  it('creates the folder, and releases it again', () => {
    const folder = join(newFolder(), 'a/b');
    claim(folder)();
    expect(() => claim(folder)).not.toThrow();
  });

  it('refuses a folder that is in use, and names the setting for a second stack', () => {
    const folder = newFolder();
    claim(folder);
    expect(() => claim(folder)).toThrow(
      `in use by another pnpm dev (pid ${process.pid}, user on http://127.0.0.1:4001)`,
    );
    expect(() => claim(folder)).toThrow('PORT_BASE=5000 DATA_DIR=.data-2 npx -y pnpm dev');
  });

  it('replaces a symbolic link in place of the claim, and does not follow it', () => {
    const folder = newFolder();
    const victim = join(newFolder(), 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(folder, 'running.json'));
    claim(folder);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('refuses a folder that every user may write to', () => {
    const folder = newFolder();
    chmodSync(folder, 0o777);
    expect(() => claim(folder)).toThrow('other users may write to it');
  });

  it('takes over the claim of a killed process', async () => {
    const folder = newFolder();
    const other = spawn('sleep', ['60']);
    claim(folder, other.pid);
    expect(() => claim(folder)).toThrow('in use');
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(() => claim(folder)).not.toThrow();
  });

  it('ignores the claim of an ended process whose id another process has', () => {
    const folder = newFolder();
    claim(folder);
    const file = join(folder, 'running.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), startedAt: 'before the restart' }));
    expect(() => claim(folder)).not.toThrow();
  });

  it('names the setting when the folder cannot be written', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect(() => claim(file)).toThrow(/^DATA_DIR: cannot write to .*Set DATA_DIR to a folder of yours$/);
  });
});
