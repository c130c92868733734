import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@auth/command';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { createReleaseCommand } from './release-verify.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'release-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** Runs `pnpm release:verify` up to its first step, which fails. */
async function runRelease(args: readonly string[]) {
  const [printed, errors, steps]: [string[], string[], string[]] = [[], [], []];
  const command = createReleaseCommand({
    root: repositoryRoot,
    runStep({ does }) {
      steps.push(does);
      return 'the compiler is not happy\n';
    },
  });
  const print = (text: string) => void printed.push(text);
  const complain = (text: string) => void errors.push(text);
  const code = await runCommand(command, { args: [...args, '--out', out], env: {}, print, complain });
  return { code, printed, errors: errors.join('\n'), steps };
}

describe('pnpm release:verify', () => {
  it('shows what a failed step printed, and makes nothing', async () => {
    const { code, printed, errors } = await runRelease(['--name', '@acme/verify']);
    expect([code, printed]).toEqual([1, ['build packages/verify …']]);
    expect(errors).toBe('the compiler is not happy\nThis step failed: build packages/verify. No package was made.');
    expect(readdirSync(out)).toEqual([]);
  });

  it.each([
    [[], 'the name is missing: --name @acme/verify'],
    [['--name', '@auth/verify'], 'belongs to another project'],
    [['--name', '@acme/verify', '--version', '1'], '"1" is no version'],
  ])('refuses %j before it does anything', async (args, problem) => {
    const { code, errors, steps } = await runRelease(args);
    expect([code, steps]).toEqual([64, []]);
    expect(errors).toContain(problem);
  });
});
