import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@auth/command';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callTable } from './call-table.ts';
import { type CallsOptions, createCallsCommand } from './commands.ts';
import { shopMap } from './map.fixture.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'calls-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function run(args: readonly string[], changed: Partial<CallsOptions> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const command = createCallsCommand({
    map: shopMap,
    document: join(dir, 'none.md'),
    separator: '',
    ticks: () => {
      throw new Error('there is no --watch');
    },
    ...changed,
  });
  const print = (text: string) => void out.push(text);
  const code = await runCommand(command, { args, env: {}, print, complain: (text) => void err.push(text) });
  return { code, out, err };
}

describe('pnpm calls', () => {
  it('prints the table', async () => {
    expect(await run([])).toEqual({ code: 0, out: [callTable(shopMap)], err: [] });
  });

  it.each([
    [['table']],
    [['--json']],
    [['graph', '--chek']],
    [['graph', 'docs.md']],
    [['live', '--json=yes']],
    [['live', 'user=http://127.0.0.1:1']],
    [['live', '--admin']],
  ])('says how it is used when it is given %j', async (args) => {
    const line = expect.stringMatching(/^.+ \(usage: pnpm calls .*; help: pnpm calls.* --help\)$/);
    expect(await run(args)).toEqual({ code: 64, out: [], err: [line] });
  });

  it.each([[['--help']], [['-h']], [['graph', '--help']], [['live', '--json', '-h']]])(
    'prints help for %j',
    async (args) => {
      expect(await run(args)).toEqual({ code: 0, out: [expect.stringMatching(/^usage: pnpm calls /)], err: [] });
    },
  );

  it('says what is wrong with an admin port', async () => {
    const { code, err } = await run(['live', '--admin', 'billing=http://127.0.0.1:1']);
    expect([code, err]).toEqual([64, [expect.stringContaining('there is no service "billing"')]]);
  });
});

describe('pnpm calls graph', () => {
  it('draws the map into the document, once; --check tells whether it had to', async () => {
    const document = join(dir, 'calls.md');
    await writeFile(document, '# Calls\n\n<!-- begin: written by pnpm calls graph -->\n<!-- end -->\n');
    const stale = { code: 1, out: [], err: [`${document} is not current: run pnpm calls graph`] };
    expect(await run(['graph', '--check'], { document })).toEqual(stale);
    expect(await run(['graph'], { document })).toEqual({ code: 0, out: [`${document}: drawn`], err: [] });
    const drawn = await readFile(document, 'utf8');
    expect(drawn).toContain('order -->|"product:quotes.create"| product');
    expect(await run(['graph'], { document })).toEqual({ code: 0, out: [`${document}: current`], err: [] });
    expect(await readFile(document, 'utf8')).toBe(drawn);
    expect(await run(['graph', '--check'], { document })).toEqual({ code: 0, out: [], err: [] });
    const map = { ...shopMap, operations: {} };
    expect(await run(['graph', '--check'], { document, map })).toEqual(stale);
  });

  it('says which markers a document must have', async () => {
    const document = join(dir, 'bare.md');
    await writeFile(document, '# Calls\n');
    const { code, err } = await run(['graph'], { document });
    expect([code, err]).toEqual([65, [expect.stringContaining('there must be one line <!-- begin')]]);
    expect(await readFile(document, 'utf8')).toBe('# Calls\n');
  });
});
