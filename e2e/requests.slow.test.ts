import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot, type Stack, serviceNames, serviceUrl } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestStack } from './test-stack.ts';

/** The tool for the file. Not a dependency, since it is larger than all others together. */
const httpyac = ['-y', 'httpyac@6.16.7'];
const canRun = spawnSync('npx', [...httpyac, '--version'], { timeout: 120_000 }).status === 0;
if (!canRun) process.stderr.write('SKIPPED, npx cannot get httpyac here: docs/requests.http is not run\n');
const withTool = canRun ? describe : describe.skip;

let stack: Stack;
let dir: string;

beforeAll(async () => {
  if (!canRun) return;
  [dir, stack] = await Promise.all([mkdtemp(join(tmpdir(), 'requests-')), openTestStack()]);
}, 60_000);

afterAll(async () => {
  await stack?.close();
  if (dir !== undefined) await rm(dir, { recursive: true });
});

withTool('docs/requests.http', () => {
  it('runs from top to bottom in httpYac, each request with the status that it promises', async () => {
    const written = await readFile(join(repositoryRoot, 'docs/requests.http'), 'utf8');
    // The file contains the ports of pnpm dev; this stack has others.
    const here = serviceNames.reduce(
      (content, name) => content.replaceAll(serviceUrl(name, 4000), stack.urls[name]),
      written,
    );
    expect(here).not.toBe(written);
    await writeFile(join(dir, 'requests.http'), here);
    const child = spawn('npx', [...httpyac, 'send', 'requests.http', '--all', '--json'], {
      // httpYac reads only files below its working directory.
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { requests } = JSON.parse(await text(child.stdout)) as {
      requests: { title: string; testResults?: { message: string; status: string }[] }[];
    };
    const titles = [...written.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
    const results = requests.map(({ title, testResults = [] }) => ({ title, outcome: testResults.map(outcomeOf) }));
    expect(results).toEqual(titles.map((title) => ({ title, outcome: ['SUCCESS'] })));
    expect(titles.length).toBeGreaterThan(20);
  }, 120_000);
});

function outcomeOf({ status, message }: { message: string; status: string }): string {
  return status === 'SUCCESS' ? status : `${status}: ${message}`;
}
