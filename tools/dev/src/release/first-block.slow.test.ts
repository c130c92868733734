import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import {
  asCommonJs,
  findNodes,
  firstBlock,
  makeRelease,
  type ReleasedPackage,
  run,
} from './released-package.fixture.ts';

const tools = join(repositoryRoot, 'tools');
const nodes = findNodes([20, 22, 24, 26]);
let released: ReleasedPackage;
beforeAll(async () => {
  run(execPath, [join(tools, 'run.mjs'), 'nodes'], { cwd: repositoryRoot });
  released = await makeRelease('--name', '@acme/verify');
}, 300_000);
afterAll(() => released.remove());

const tokens = `import { writeFileSync } from 'node:fs';
import { createTestIssuer } from '@acme/verify/testing';
const now = () => Date.now() / 1000;
const issuer = createTestIssuer({ issuer: 'https://auth.example', audience: ['billing'], now });
writeFileSync('jwks.json', JSON.stringify(issuer.jwks));
console.log(issuer.token({ sub: 'ada', scope: 'invoice:read' }));
`;
// Prints the version of Node and the port of the server that the program starts.
const announcePort =
  'data:text/javascript,import{Server}from"node:http";const l=Server.prototype.listen;Server.prototype.listen=function(...a){return l.apply(this,a).once("listening",()=>console.log(process.versions.node,this.address().port))}';

/** Installs the release with Express in an empty folder, by npm on that Node, which must be one that `engines` allow. */
function install(node: string, ...more: readonly string[]): string {
  const cwd = mkdtempSync(join(tmpdir(), 'first-block-'));
  const options = ['--engine-strict', '--prefer-offline', '--no-audit', '--no-fund'];
  run('npm', ['install', ...options, released.tarball, 'express@5', ...more], { cwd, node });
  return cwd;
}

/** Starts a file that listens, asks it without a token and with one, and ends it. */
async function ask(node: string, cwd: string, file: string, token: string) {
  const service = spawn(node, ['--import', announcePort, file], {
    cwd,
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(service.stdout), 'line');
    const [version, port] = String(line).split(' ');
    const get = async (headers: Record<string, string>) => {
      const answer = await fetch(`http://127.0.0.1:${port}/invoices`, { headers });
      return [answer.status, await answer.json()];
    };
    return { version, without: await get({}), good: await get({ authorization: `Bearer ${token}` }) };
  } finally {
    service.kill();
  }
}

/** Runs the first block of the installed README, and asks what it serves. */
async function runFirstBlock(node: string, cwd: string, { ending, write }: Format) {
  writeFileSync(join(cwd, `service${ending}`), write(readBlock(cwd)));
  writeFileSync(join(cwd, `tokens${ending}`), write(tokens));
  const token = run(node, [`tokens${ending}`], { cwd, node }).trim();
  return await ask(node, cwd, `service${ending}`, token);
}

interface Format {
  readonly ending: string;
  readonly write: (code: string) => string;
}
const formats: readonly Format[] = [
  { ending: '.mjs', write: (code) => code },
  { ending: '.cjs', write: asCommonJs },
];

const readBlock = (cwd: string) => firstBlock(readFileSync(join(cwd, 'node_modules/@acme/verify/README.md'), 'utf8'));

describe("the README's first block, in an empty folder", () => {
  for (const [line, node] of nodes) {
    // The registry has every line for Linux on x64 and arm64, where CI runs.
    const title = node === undefined ? `needs a package of Node ${line} for this machine` : `runs on Node ${line}`;
    (node === undefined ? it.skip : it)(
      `${title}, as an ES module and as CommonJS`,
      async () => {
        const cwd = install(node ?? '');
        try {
          for (const format of formats) {
            expect([format.ending, await runFirstBlock(node ?? '', cwd, format)]).toMatchObject([
              format.ending,
              {
                version: expect.stringMatching(new RegExp(`^${line}\\.`)),
                without: [401, { code: 'missing_token' }],
                good: [200, { invoicesOf: 'ada' }],
              },
            ]);
          }
        } finally {
          rmSync(cwd, { recursive: true, force: true });
        }
      },
      120_000,
    );
  }

  it('compiles strictly, with the types of each format', () => {
    const cwd = install(execPath, '@types/express@5', '@types/node@20');
    try {
      const code = readBlock(cwd);
      for (const file of ['service.mts', 'service.cts']) writeFileSync(join(cwd, file), code);
      const strictly = '--strict --noEmit --target es2023 --module nodenext --skipLibCheck false --types node'.split(
        ' ',
      );
      const tsc = join(tools, 'check/node_modules/typescript/bin/tsc');
      expect(run(execPath, [tsc, ...strictly, 'service.mts', 'service.cts'], { cwd })).toBe('');
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }, 120_000);
});
