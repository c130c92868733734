import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from '@auth/contracts';
import type { PlainProgram } from '@auth/devstack/testing';
import { openPlainProgram } from '@auth/devstack/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inFolder, readDocument, secretsOf } from '../../test/documents.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let program: PlainProgram;
beforeAll(async () => {
  program = await openPlainProgram(join(root, 'packages/keys/src/cli/main.ts'));
});

function keys(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return endOf(program({ args, env: { ...process.env, ...env } }));
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}

describe('pnpm keys', () => {
  it('is a script that runs from the source', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const child = spawn('sh', ['-c', `exec ${scripts.keys} --help`], { cwd: root });
    expect(await endOf(child)).toEqual({ code: 64, out: '', err: expect.stringMatching(/^usage: pnpm keys init/) });
  });

  it('makes the documents below DATA_DIR, says where they are and prints no secret; again there is nothing to do', () =>
    inFolder(async (data) => {
      const first = await keys(['init', '--issuer', 'https://auth.example'], { DATA_DIR: data });
      expect(first).toMatchObject({ code: 0, err: '' });
      const dir = join(data, 'keys');
      const files = [...services].map((service) => join(dir, `${service}.json`));
      for (const file of files) expect(first.out).toContain(`created ${file}\n`);
      expect(first.out).toContain('AUTH_KEYS_FILE');
      for (const file of files) {
        for (const secret of secretsOf(await readFile(file, 'utf8'))) expect(first.out).not.toContain(secret);
      }
      expect((await readDocument(dir, 'user')).issuer.iss).toBe('https://auth.example');

      const again = await keys(['init', '--dir', dir, '--issuer', 'https://auth.example']);
      expect(again).toEqual({ code: 0, out: `nothing to do: the documents in ${dir} are complete\n`, err: '' });
    }));

  it('refuses a broken document with its name and without its content, and ends with 78', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'user.json'), '{"service":"user","secret":"hunter2hunter2"');
      const { code, out, err } = await keys(['init', '--dir', dir]);
      expect([code, out]).toEqual([78, '']);
      expect(err).toBe(`key document ${join(dir, 'user.json')}: the document is not valid JSON\n`);
      expect(await readdir(dir)).toEqual(['user.json']);
    }));

  it('explains itself and ends with 64 when it is called in another way', () =>
    inFolder(async (dir) => {
      const calls = [['rotate'], ['init', '--force'], ['init', '--issuer', 'x']];
      const ended = await Promise.all(calls.map((args) => keys(args, { DATA_DIR: dir })));
      expect(ended.map(({ code, out }) => [code, out])).toEqual(calls.map(() => [64, '']));
      for (const { err } of ended.slice(0, 2)) expect(err).toMatch(/^usage: pnpm keys init/);
      expect(ended.at(-1)?.err).toContain('--issuer must be a URL');
      expect(await readdir(dir)).toEqual([]);
    }));
});
