import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const { resolve } = createRequire(import.meta.url);
const bin = (name: string) => join(root, 'node_modules/.bin', name);
let folder: string;
let tarball: string;

/** Runs a command to its end; its output when it fails. */
function run(file: string, args: readonly string[], cwd = folder): void {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** An empty folder with the packed package and what it depends on: nothing else of this workspace. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'auth-verify-'));
  run(execPath, ['build.mjs'], root);
  run('npx', ['-y', 'pnpm', 'pack', '--pack-destination', folder], root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  tarball = join(folder, `auth-verify-${version}.tgz`);
  run('tar', ['xzf', tarball]);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@auth'), { recursive: true });
  cpSync(join(folder, 'package'), join(modules, '@auth/verify'), { recursive: true });
  for (const name of ['jsonwebtoken', 'zod', 'express', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first block of code of the README. */
function snippet(): string {
  return /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '';
}

const tokens = `
import { writeFileSync } from 'node:fs';
import { createTestIssuer } from '@auth/verify/testing';
const now = () => Date.now() / 1000;
const issuer = createTestIssuer({ issuer: 'https://auth.example', audience: ['billing'], now });
writeFileSync('jwks.json', JSON.stringify(issuer.jwks));
writeFileSync('tokens.json', JSON.stringify({
  good: issuer.token({ sub: 'ada', scope: 'invoice:read' }),
  narrow: issuer.token({ scope: 'invoice:write' }),
  foreign: issuer.token({ scope: 'invoice:read', aud: ['shop'] }),
}));
`;

describe('the packed tarball', () => {
  it('is clean by publint', () => run(bin('publint'), ['run', '--strict', tarball]));

  it('has types that resolve for ESM, CommonJS and bundlers', () => run(bin('attw'), [tarball, '--profile', 'node16']));

  it('depends on no package of this workspace, and on Express only if it is there', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
    expect(Object.keys(manifest.dependencies)).toEqual(['jsonwebtoken', 'zod']);
    expect(manifest.peerDependenciesMeta).toEqual({ express: { optional: true } });
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|@auth\/source/);
  });

  it('is loaded by require as well, without Express', () => {
    const script = `const { createAccessTokenVerifier } = require('@auth/verify'); require('@auth/verify/client');
      const { createJwksSource } = require('@auth/verify/jwks');
      if (typeof createAccessTokenVerifier !== 'function' || typeof createJwksSource !== 'function') process.exit(1);
      if (Object.keys(require.cache).some((file) => file.includes('/express/'))) process.exit(2);`;
    run(execPath, ['-e', script]);
  });

  it('compiles and protects the service of the README, in an empty folder', async () => {
    writeFileSync(join(folder, 'service.ts'), snippet());
    const options = [
      '--strict',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
    ];
    run(execPath, [join(dirname(resolve('typescript/package.json')), 'bin/tsc'), ...options, 'service.ts']);
    writeFileSync(join(folder, 'tokens.js'), tokens);
    run(execPath, ['tokens.js']);
    const { good, narrow, foreign } = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8'));

    const announce =
      'data:text/javascript,import{Server}from"node:http";const l=Server.prototype.listen;Server.prototype.listen=function(...a){return l.apply(this,a).once("listening",()=>console.log(this.address().port))}';
    const service = spawn(execPath, ['--import', announce, 'service.js'], {
      cwd: folder,
      env: { ...process.env, PORT: '0' },
    });
    try {
      const [port] = await once(createInterface(service.stdout), 'line');
      const ask = async (token?: string) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const response = await fetch(`http://127.0.0.1:${port}/invoices`, { headers });
        return [response.status, await response.json()];
      };
      expect(await ask(good)).toEqual([200, { invoicesOf: 'ada' }]);
      expect(await ask()).toMatchObject([401, { code: 'missing_token', type: 'urn:problem:missing_token' }]);
      expect(await ask(narrow)).toMatchObject([403, { code: 'insufficient_scope' }]);
      expect(await ask(foreign)).toMatchObject([401, { code: 'invalid_token' }]);
    } finally {
      service.kill();
    }
  }, 60_000);
});
