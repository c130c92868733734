import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { privateKey } from '../access-tokens.ts';
import { listen, type TestServer } from '../http.ts';
import { kid } from './questions.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tools = join(root, '../../tools');
const neighbours = join(tools, 'neighbours/node_modules');
const used = [
  'express',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'jwks-rsa',
  'keycloak-connect',
  'passport',
  'passport-jwt',
];
// Prints the port of the server that a program starts.
const announcePort =
  'data:text/javascript,import{Server}from"node:http";const l=Server.prototype.listen;Server.prototype.listen=function(...a){return l.apply(this,a).once("listening",()=>console.log(this.address().port))}';

/** A folder as that of someone who moves: without `"type": "module"`, with the libraries and the built package. */
export interface Stage {
  readonly folder: string;
  /** Checks programs strictly, with the types of the package. @throws Error with the compiler's output */
  check(files: readonly string[]): void;
  /** Starts a program and returns the port of its server. */
  start(file: string, env: Readonly<Record<string, string>>): Promise<number>;
  /** Ends all programs and removes the folder. */
  close(): Promise<void>;
}

/** Installs the libraries, builds the package as CommonJS, and makes the folder. This takes some seconds. */
export function openStage(): Stage {
  run([join(tools, 'run.mjs'), 'neighbours'], tools);
  run([join(tools, 'run.mjs'), 'check'], tools);
  const folder = mkdtempSync(join(tmpdir(), 'auth-moving-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of used) symlinkSync(join(neighbours, name), join(modules, name));
  for (const name of ['jsonwebtoken', 'zod', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const tsc = join(tools, 'check/node_modules/typescript/bin/tsc');
  buildInto(join(modules, '@auth/verify'), tsc);
  writeFileSync(join(folder, 'package.json'), '{}');
  const running: ChildProcess[] = [];
  const strictly = '--strict --allowJs --checkJs --noEmit --target es2023 --module nodenext --types node'.split(' ');
  return {
    folder,
    check: (files) => run([tsc, ...strictly, ...files], folder),
    async start(file, env) {
      const child = spawn(execPath, ['--import', announcePort, file], {
        cwd: folder,
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.push(child);
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text;
      });
      const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended:\n${errors}`)));
      ended.catch(() => undefined);
      const [port] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
      return Number(port);
    },
    async close() {
      const ended = running.filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'exit'));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(ended);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Builds the CommonJS half of the package into a folder. Not into `dist`, which other tests build at the same time. */
function buildInto(target: string, tsc: string): void {
  mkdirSync(target, { recursive: true });
  run([tsc, '-p', 'tsconfig.cjs.json', '--outDir', join(target, 'dist/cjs')], root);
  const { name, version, type, publishConfig } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = { name, version, type, exports: publishConfig.exports };
  writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(target, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
}

function run(args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** Starts an issuer: metadata and keys, at the paths of OpenID providers and of the realm `shop` of Keycloak. */
export async function openIssuer(): Promise<TestServer> {
  const key = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const jwksPaths = ['/.well-known/jwks.json', '/realms/shop/protocol/openid-connect/certs'];
  const server = await listen((req, res) => {
    const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/.well-known/jwks.json` };
    const isMetadata = req.url === '/.well-known/openid-configuration';
    if (!isMetadata && !jwksPaths.includes(req.url ?? '')) {
      res.writeHead(404).end();
      return;
    }
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify(isMetadata ? metadata : { keys: [key] }));
  });
  return server;
}
