import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { env, execPath } from 'node:process';
import { repositoryRoot } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edit } from './worked-example.ts';
import { applyEdit, isAnswer, readEdits } from './worked-example.ts';

const notCopied = /(?:^|\/)(?:node_modules|\.git|\.data|dist|generated)$/;
const fromSource = ['--import', 'tsx', '--conditions=@auth/source'];

let copy: string;
let steps: readonly Edit[];
let mistakes: readonly Edit[];
beforeAll(async () => {
  const guide = await readFile(join(repositoryRoot, 'docs/add-a-service.md'), 'utf8');
  const [before = '', experiments = '', after = ''] = guide.split(/^## (?=3\.|4\.)/m);
  [steps, mistakes] = [[...readEdits(before), ...readEdits(after)], readEdits(experiments)];
  copy = await mkdtemp(join(tmpdir(), 'add-a-service-'));
  const filter = (path: string) => !notCopied.test(relative(repositoryRoot, path));
  await cp(repositoryRoot, copy, { recursive: true, filter });
  for (const step of steps) await applyEdit(copy, step);
  // Adds the new app to the lockfile, with the packages that are already installed.
  await run('npx', ['-y', 'pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile']);
  await run(execPath, ['prisma/generate.mjs']);
  await run(execPath, ['tools/run.mjs', 'check']);
}, 300_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('docs/add-a-service.md', () => {
  it('contains files that compile and pass the linter', async () => {
    expect(await compile()).toBe('');
    const lint = ['tools/run.mjs', 'check', 'biome', 'check', '--vcs-enabled=false', '.'];
    expect(await run(execPath, lint)).toEqual({ code: 0, output: expect.any(String) });
  }, 120_000);

  it('shows the output of the compiler for each mistake', async () => {
    expect(mistakes.length).toBeGreaterThan(4);
    for (const mistake of mistakes) {
      const file = join(copy, mistake.path);
      const good = await readFile(file, 'utf8');
      await applyEdit(copy, mistake);
      const printed = await compile();
      await writeFile(file, good);
      if (!isAnswer(printed, mistake.answer ?? '')) throw new Error(`${mistake.text}\n\nprints:\n${printed}`);
    }
  }, 120_000);

  it('ends with passing tests', async () => {
    await run(execPath, [...fromSource, 'tools/ops/src/calls/cli.ts', 'graph']);
    expect(await run(execPath, [...fromSource, 'tools/dev/pages/pages.ts'])).toMatchObject({ code: 0 });
    expect(await readFile(join(copy, 'docs/configuration.md'), 'utf8')).toMatch(/^## .*\bshipping\b/m);
    const tests = steps.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(2);
    const jest = [...fromSource, 'node_modules/jest/bin/jest.js', '--runTestsByPath', '--maxWorkers=2'];
    const { code, output } = await run(execPath, [...jest, ...tests, 'tools/ops/src/calls/graph-document.test.ts']);
    expect([code, output]).toEqual([0, expect.stringContaining(`Test Suites: ${tests.length + 1} passed`)]);
  }, 240_000);
});

async function compile(): Promise<string> {
  return (await run(execPath, ['tools/run.mjs', 'check', 'tsc'])).output;
}

/** Runs a program in the copy. Only fast tests run, on the Postgres of this test run. */
function run(program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const { SLOW_TESTS: _slow, ...rest } = env;
  return new Promise((resolve) => {
    const options = { cwd: copy, env: { ...rest, NO_COLOR: '1' }, maxBuffer: 16_000_000 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1);
      resolve({ code, output: program === execPath ? stdout + stderr : stdout });
    });
  });
}
