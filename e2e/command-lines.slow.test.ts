import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '@auth/dev';
import { describe, expect, it } from '@jest/globals';

const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Scripts that pass their command line to a tool with its own help: jest, stryker, biome and tsc. */
const foreign = ['test', 'test:slow', 'test:mutation', 'lint', 'format', 'typecheck'];
const below: Readonly<Record<string, readonly string[]>> = {
  keys: [
    'init',
    'status',
    'check',
    'rotate',
    'retire',
    'revoke',
    'add-service',
    'allow',
    'forbid',
    'blast-radius',
    'token',
  ],
  calls: ['graph', 'live'],
  accounts: ['grant', 'revoke'],
};
const ours = Object.keys(scripts).filter((name) => !foreign.includes(name));
const commands = ours.flatMap((name) => [[name], ...(below[name] ?? []).map((word) => [name, word])]);

/** Runs a script as pnpm does, which appends the arguments. */
async function run([name = '', ...words]: readonly string[], ...args: string[]) {
  const line = `${scripts[name]} "$@"`;
  const child = spawn('sh', ['-c', line, 'sh', ...words, ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A command that starts by mistake must not disturb the running test.
    env: { ...process.env, PORT_BASE: '1', DATA_DIR: '/nonexistent', COMPARE_SECONDS: '0' },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { code, out, err };
}

const rows = commands.map((words) => ({ words, name: words.join(' ') }));

/** The time limit, long enough for a command that loads half the repository on a busy machine. */
const timeoutMs = 120_000;

describe('a command of this repository', () => {
  it.each(rows)(
    'pnpm $name prints help and does nothing else',
    async ({ words, name }) => {
      const { code, out, err } = await run(words, words.length === 1 ? '-h' : '--help');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.split('\n')[0]).toMatch(new RegExp(`^usage: pnpm ${name}(?: |$)`));
    },
    timeoutMs,
  );

  it.each(rows)(
    'pnpm $name refuses an unknown option, in one line that names the help option',
    async ({ words }) => {
      for (const args of [['--no-such-option'], ['a', 'b', 'c', 'd', 'e']]) {
        const { code, out, err } = await run(words, ...args);
        expect({ code, out }).toEqual({ code: 64, out: '' });
        expect(err).toMatch(/^[^\n]+ \([^\n]*help: pnpm [^\n]+ --help\)\n$/);
      }
    },
    timeoutMs,
  );
});
