import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inFolder } from '@auth/testkit/key-documents';
import { afterEach, describe, expect, it } from '@jest/globals';
import { initKeyDocuments } from '../init.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const watcher = fileURLToPath(new URL('../../../test/watching-program.ts', import.meta.url));
const node = [process.execPath, '--import', 'tsx', '--conditions=@auth/source'];

/** Whether bind mounts are permitted: to root, or in a user namespace. */
const canMount = getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '--bind', '/etc', '/etc']).status === 0;
const inMounts = canMount ? it : it.skip;
if (!canMount) process.stderr.write('skipped: bind mounts in a namespace of their own are not permitted here\n');

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts a process that watches a document, and reads its output. `prepare` is a shell command in its mount namespace. */
async function startWatcher(service: string, file: string, prepare: string) {
  const child = spawn('unshare', ['-m', 'sh', '-c', `${prepare} && exec "$@"`, 'sh', ...node, watcher, service, file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines: string[] = [];
  let wake = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line.trim());
    wake();
  });
  const until = async (start: string) => {
    while (!lines.some((line) => line.startsWith(start))) await new Promise<void>((resolve) => (wake = resolve));
    return (
      lines
        .find((line) => line.startsWith(start))
        ?.slice(start.length)
        .trim() ?? ''
    );
  };
  return { until, lines, url: `http://127.0.0.1:${await until('listening')}` };
}

async function keys(...args: string[]) {
  const child = spawn(node[0] ?? '', [...node.slice(1), 'tools/ops/src/keys/cli/main.ts', ...args], { cwd: root });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  return { code: await new Promise((resolve) => child.on('close', resolve)), out };
}

/** Runs with key documents, and an empty folder at which a service sees its own. */
function inStage(run: (stage: { host: string; inside: string; edge: string }) => Promise<void>) {
  return inFolder(async (dir) => {
    const host = join(dir, 'host');
    const inside = join(dir, 'inside');
    await mkdir(inside);
    await initKeyDocuments({ dir: host, issuer: 'https://auth.example' });
    await run({ host, inside, edge: 'order.product.1' });
  });
}

describe('pnpm keys revoke, where the documents are mounted', () => {
  inMounts(
    'exits 0 when the folder is mounted: the change arrives and is confirmed',
    () =>
      inStage(async ({ host, inside, edge }) => {
        const bind = `mount --bind ${host} ${inside}`;
        const product = await startWatcher('product', join(inside, 'product.json'), bind);
        const order = await startWatcher('order', join(inside, 'order.json'), bind);
        const admin = ['--admin', `product=${product.url}`, '--admin', `order=${order.url}`];
        const { code, out } = await keys('revoke', edge, '--dir', host, ...admin);
        expect([code, out]).toEqual([0, expect.stringContaining(`${edge} is revoked: every running service has`)]);
        expect(product.lines.filter((line) => line.startsWith('obstacle'))).toEqual([]);
      }),
    60_000,
  );

  inMounts(
    'exits 1 when a single file is mounted: the service warns at its start, and again when it keeps the old document',
    () =>
      inStage(async ({ host, inside, edge }) => {
        const file = join(inside, 'keys.json');
        await writeFile(file, '');
        const product = await startWatcher('product', file, `mount --bind ${host}/product.json ${file}`);
        expect(await product.until('obstacle')).toBe('single_file_mount');
        const order = await startWatcher('order', join(inside, 'order.json'), `mount --bind ${host} ${inside}`);
        const admin = ['--admin', `product=${product.url}`, '--admin', `order=${order.url}`];
        const { code, out } = await keys('revoke', edge, '--dir', host, ...admin);
        expect(code).toBe(1);
        expect(out).toContain('NOT CONFIRMED');
        expect(out).toContain(`product at ${product.url} still has ${edge} (its document was replaced under a mount`);
        await product.until('obstacle replaced');
        // Asked again, the replica still has the key.
        expect((await keys('revoke', edge, '--dir', host, ...admin)).code).toBe(1);
        // After a restart, as advised, it has the new document.
        const again = await startWatcher('product', file, `mount --bind ${host}/product.json ${file}`);
        const now = ['--admin', `product=${again.url}`, '--admin', `order=${order.url}`];
        expect((await keys('revoke', edge, '--dir', host, ...now)).code).toBe(0);
      }),
    120_000,
  );

  inMounts(
    'exits 74 when a document is a mount of a single file for the command itself, which cannot replace it',
    () =>
      inStage(async ({ host, inside, edge }) => {
        const other = join(inside, 'product.json');
        await copyFile(join(host, 'product.json'), other);
        const script = `mount --bind ${other} ${host}/product.json && exec "$@"`;
        const args = [...node, 'tools/ops/src/keys/cli/main.ts', 'revoke', edge, '--dir', host];
        const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...args], {
          cwd: root,
          encoding: 'utf8',
        });
        expect([status, stderr]).toEqual([74, expect.stringMatching(/^the command stopped in the middle: EBUSY.*\n$/)]);
      }),
    60_000,
  );

  it(
    'exits 1 and names the services when no replica was asked',
    () =>
      inStage(async ({ host, edge }) => {
        const { code, out } = await keys('revoke', edge, '--dir', host);
        expect(code).toBe(1);
        expect(out).toContain('no replica was asked for product: give --admin product=');
        expect(out).toContain('no replica was asked for order: give --admin order=');
      }),
    60_000,
  );

  inMounts(
    'exits 1 when the service may no longer read its document, and reports that the service refused it',
    () =>
      inStage(async ({ host, inside, edge }) => {
        // Another user, who may read the first document and not what is written by the command with mode 600.
        await chmod(host, 0o755);
        await chmod(join(host, '..'), 0o755);
        await chmod(join(host, 'product.json'), 0o644);
        const asOther = `mount --bind ${host} ${inside} && chmod 755 ${inside} && set -- setpriv --reuid 65534 --clear-groups "$@"`;
        const product = await startWatcher('product', join(inside, 'product.json'), asOther);
        const order = await startWatcher('order', join(inside, 'order.json'), `mount --bind ${host} ${inside}`);
        const admin = ['--admin', `product=${product.url}`, '--admin', `order=${order.url}`];
        const { code, out } = await keys('revoke', edge, '--dir', host, ...admin);
        expect([code, out]).toEqual([1, expect.stringContaining(`still has ${edge} (it has refused the document`)]);
        expect(await product.until('refused')).toContain('cannot be read (EACCES)');
      }),
    60_000,
  );
});
