import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apps } from '@auth/contracts';
import { openPlainProgram, type PlainProgram } from '@auth/testkit';
import { inFolder, readDocument, secretsOf } from '@auth/testkit/key-documents';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let program: PlainProgram;
beforeAll(async () => {
  program = await openPlainProgram(join(root, 'tools/ops/src/keys/cli/main.ts'));
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
    expect(await endOf(child)).toEqual({ code: 0, out: expect.stringMatching(/^usage: pnpm keys <command>/), err: '' });
  });

  it('init makes the documents below DATA_DIR, prints their paths and no secret; run again it changes nothing', () =>
    inFolder(async (data) => {
      const first = await keys(['init', '--issuer', 'https://auth.example'], { DATA_DIR: data });
      expect(first).toMatchObject({ code: 0, err: '' });
      const dir = join(data, 'keys');
      const files = [...apps].map((service) => join(dir, `${service}.json`));
      for (const file of files) expect(first.out).toContain(`created ${file}\n`);
      expect(first.out).toContain('AUTH_KEYS_FILE');
      for (const file of files) {
        for (const secret of secretsOf(await readFile(file, 'utf8'))) expect(first.out).not.toContain(secret);
      }
      expect((await readDocument(dir, 'user')).issuer.iss).toBe('https://auth.example');

      const again = await keys(['init', '--dir', dir, '--issuer', 'https://auth.example']);
      expect(again).toEqual({ code: 0, out: `nothing to do: the documents in ${dir} are complete\n`, err: '' });
    }));

  it('refuses a broken document with its name and without its content, and exits 78', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'user.json'), '{"service":"user","secret":"hunter2hunter2"');
      const { code, out, err } = await keys(['init', '--dir', dir]);
      expect([code, out]).toEqual([78, '']);
      expect(err).toBe(`key document ${join(dir, 'user.json')}: the document is not valid JSON\n`);
      expect(await readdir(dir)).toEqual(['user.json']);
    }));

  it('prints the usage and exits 64 for wrong arguments', () =>
    inFolder(async (dir) => {
      const calls = [
        [],
        ['dance'],
        ['constructor'],
        ['retire', 'signing'],
        ['status', '--nope'],
        ['rotate', 'edge', 'order'],
      ];
      const ended = await Promise.all(calls.map((args) => keys(args, { DATA_DIR: dir })));
      expect(ended.map(({ code, out }) => [code, out])).toEqual(calls.map(() => [64, '']));
      for (const { err } of ended.slice(0, 5))
        expect(err).toMatch(/^[^\n]+\(usage: pnpm keys [^\n]+; help: pnpm keys [^\n]*--help\)\n$/);
      expect(ended.at(-1)?.err).toBe('rotate what? signing, sessions, edge <caller> <callee>, or all\n');
      expect(await readdir(dir)).toEqual([]);
    }));

  it(
    'refuses a step with exit code 1 when no replica is known, and takes it with --force and a warning',
    () =>
      inFolder(async (dir) => {
        const rotate = ['rotate', 'edge', 'order', 'product', '--dir', dir];
        await keys(['init', '--dir', dir]);
        expect(await keys(rotate)).toMatchObject({ code: 0, err: '' });
        const before = await readFile(join(dir, 'order.json'), 'utf8');
        const refused = await keys(rotate);
        expect([refused.code, refused.err]).toEqual([1, '']);
        expect(refused.out).toContain('no replica was asked for product: give --admin product=http://');
        expect((await keys([...rotate, '--wait'])).code).toBe(1);
        expect(await readFile(join(dir, 'order.json'), 'utf8')).toBe(before);
        const forced = await keys([...rotate, '--force']);
        expect(forced.code).toBe(0);
        expect(forced.err).toContain('!! FORCED edge order product: these were not ready, and may fail now\n');
        expect((await keys(['revoke', 'order.unknown.1', '--dir', dir])).code).toBe(1);
        expect((await keys(['check', '--dir', dir])).code).toBe(0);
        await chmod(join(dir, 'order.json'), 0o644);
        expect(await keys(['check', '--dir', dir])).toMatchObject({
          code: 1,
          out: expect.stringContaining('chmod 600'),
        });
      }),
    60_000,
  );

  it('publishes no key for EdDSA when no replica is known, and names the verifiers that it cannot ask', () =>
    inFolder(async (dir) => {
      await keys(['init', '--dir', dir]);
      const before = await readFile(join(dir, 'user.json'), 'utf8');
      const rotate = ['rotate', 'signing', '--dir', dir, '--alg'];
      const { code, out, err } = await keys([...rotate, 'EdDSA']);
      expect(code).toBe(1);
      for (const name of apps) expect(out).toContain(`no replica was asked for ${name}: give --admin ${name}=http://`);
      expect(out).toContain('  when all are ready: a new key is published in every document\n');
      expect(err).toContain(
        'verifiers without a document here are not asked: those of releases that do not accept EdDSA',
      );
      expect(await readFile(join(dir, 'user.json'), 'utf8')).toBe(before);
      // Every release accepts this one.
      expect(await keys([...rotate, 'PS256'])).toMatchObject({ code: 0, err: '' });
      expect((await readDocument(dir, 'user')).signing?.map(({ alg }) => alg)).toEqual(['RS256', 'PS256']);
    }));

  it(
    'reports with every command what was done, as text and as JSON, without a secret',
    () =>
      inFolder(async (dir) => {
        const secrets = new Set<string>();
        const gather = async () => {
          for (const name of (await readdir(dir)).filter((file) => file.endsWith('.json'))) {
            for (const secret of secretsOf(await readFile(join(dir, name), 'utf8'))) secrets.add(secret);
          }
        };
        const commands = [
          'help',
          'init',
          'status',
          'check',
          'rotate edge order product',
          'rotate sessions',
          'rotate all --force',
          'retire --force',
          'blast-radius user',
          'blast-radius gateway',
          'add-service shipping',
          'allow user order',
          'forbid user order',
          'revoke order.user.1.dev',
          'token --user ada',
          'token --from order --to product --operation quotes.create --body {}',
          'status',
        ];
        for (const command of commands) {
          for (const more of [[], ['--json']]) {
            const { code, out, err } = await keys([...command.split(' '), ...more, '--dir', dir]);
            await gather();
            // The second of two equal commands is the next step, for which no replica is known.
            // No service runs here that could confirm a removal.
            expect([command, code === 0 || /^(?:rotate (?:edge|sessions)|revoke|forbid)/.test(command)]).toEqual([
              command,
              true,
            ]);
            expect([command, out.length > 0]).toEqual([command, true]);
            if (more.length > 0) expect([command, typeof JSON.parse(out)]).toEqual([command, 'object']);
            for (const secret of secrets) expect(out + err).not.toContain(secret);
          }
        }
        expect(secrets.size).toBeGreaterThan(10);
        const [key] = (await readDocument(dir, 'order')).calls['product'] ?? [];
        const revealed = await keys(['status', '--reveal', '--json', '--dir', dir]);
        expect(revealed.out).toContain(key?.secret);
      }),
    120_000,
  );
});
