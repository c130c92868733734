import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { privateKey } from '../access-tokens.ts';
import { createCertificate } from '../certificate.ts';
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
const certificate = createCertificate();
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
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const running: ChildProcess[] = [];
  const strictly = '--strict --allowJs --checkJs --noEmit --target es2023 --module nodenext --types node'.split(' ');
  return {
    folder,
    check: (files) => run([tsc, ...strictly, ...files], folder),
    async start(file, env) {
      const child = spawn(execPath, ['--import', announcePort, file], {
        cwd: folder,
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', NODE_EXTRA_CA_CERTS: caFile, ...env },
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

/** An issuer over https. */
export interface Issuer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts an issuer: metadata and keys, at the paths of OpenID providers and of the realm `shop` of Keycloak. */
export async function openIssuer(): Promise<Issuer> {
  const key = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const server = createServer(certificate, (req, res) => {
    const document = documents.get(req.url ?? '');
    res.writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify(document));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const origin = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const realm = `${origin}/realms/shop`;
  const documents = new Map<string, object>([
    ['/.well-known/openid-configuration', { issuer: origin, jwks_uri: `${origin}/.well-known/jwks.json` }],
    ['/.well-known/jwks.json', { keys: [key] }],
    [
      '/realms/shop/.well-known/openid-configuration',
      { issuer: realm, jwks_uri: `${realm}/protocol/openid-connect/certs` },
    ],
    ['/realms/shop/protocol/openid-connect/certs', { keys: [key] }],
  ]);
  return {
    origin,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
