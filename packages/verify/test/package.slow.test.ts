import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificate } from './certificate.ts';
import { type PackedPackage, packPackage } from './packed-package.ts';
import { readSnippets } from './readme-snippets.ts';

let packed: PackedPackage;
beforeAll(() => {
  packed = packPackage();
}, 60_000);
afterAll(() => packed.remove());

describe('the packed tarball', () => {
  it('is clean by publint', () => packed.runTool('publint', ['run', '--strict', packed.tarball]));

  it('has types that resolve for ESM, CommonJS and bundlers', () =>
    packed.runTool('attw', [packed.tarball, '--profile', 'node16']));

  it('depends on no package of this workspace, and on Express only if it is there', () => {
    const manifest = JSON.parse(readFileSync(join(packed.folder, 'package/package.json'), 'utf8'));
    expect(Object.keys(manifest.dependencies)).toEqual(['jsonwebtoken', 'zod']);
    expect(manifest.peerDependencies).toEqual({ express: '^4.21.0 || ^5.0.0' });
    expect(manifest.peerDependenciesMeta).toEqual({ express: { optional: true } });
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|@auth\/source/);
  });

  it('is loaded also by require, without Express', () => {
    const script = `const { createAccessTokenVerifier } = require('@auth/verify'); require('@auth/verify/client');
      require('@auth/verify/http'); require('@auth/verify/node');
      const { createJwksSource } = require('@auth/verify/jwks');
      const { entra } = require('@auth/verify/presets');
      if (typeof createAccessTokenVerifier !== 'function' || typeof createJwksSource !== 'function') process.exit(1);
      if (entra.fixed.ver !== '2.0') process.exit(3);
      if (Object.keys(require.cache).some((file) => file.includes('/express/'))) process.exit(2);`;
    packed.run(execPath, ['-e', script]);
  });
});

const versionOfExpress = "require('express/package.json').version";
const tokens = `
import { writeFileSync } from 'node:fs';
import { createTestIssuer } from '@auth/verify/testing';
const now = () => Date.now() / 1000;
const issuer = createTestIssuer({ issuer: 'https://auth.example', audience: ['billing'], now });
writeFileSync('jwks.json', JSON.stringify(issuer.jwks));
console.log(JSON.stringify({
  good: issuer.token({ sub: 'ada', scope: 'invoice:read' }),
  narrow: issuer.token({ scope: 'invoice:write' }),
  foreign: issuer.token({ scope: 'invoice:read', aud: ['shop'] }),
}));
`;
// Prints the port of the server that the program starts.
const announcePort =
  'data:text/javascript,import{Server}from"node:http";const l=Server.prototype.listen;Server.prototype.listen=function(...a){return l.apply(this,a).once("listening",()=>console.log(this.address().port))}';

/** Runs a compiled snippet that listens, on a free port, while `use` runs. */
async function whileRunning(file: string, env: Record<string, string>, use: (origin: string) => Promise<void>) {
  const service = spawn(execPath, ['--import', announcePort, file], {
    cwd: packed.folder,
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(createInterface(service.stdout), 'line');
    await use(`http://127.0.0.1:${port}`);
  } finally {
    service.kill();
  }
}

/** A token that the service admits, and two that it refuses. `jwks.json` has the key of their issuer. */
function makeTokens(): { readonly good: string; readonly narrow: string; readonly foreign: string } {
  writeFileSync(join(packed.folder, 'tokens.js'), tokens);
  return JSON.parse(packed.run(execPath, ['tokens.js']));
}

const protectsService = () => protects('service.js');

async function protects(file: string): Promise<void> {
  const { good, narrow, foreign } = makeTokens();
  await whileRunning(file, {}, async (origin) => {
    const ask = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`${origin}/invoices`, { headers });
      return [response.status, await response.json()];
    };
    expect(await ask(good)).toEqual([200, { invoicesOf: 'ada' }]);
    expect(await ask()).toMatchObject([401, { code: 'missing_token', type: 'urn:problem:missing_token' }]);
    expect(await ask(narrow)).toMatchObject([403, { code: 'insufficient_scope' }]);
    expect(await ask(foreign)).toMatchObject([401, { code: 'invalid_token' }]);
  });
}

async function publishesMetadata(): Promise<void> {
  const { good } = makeTokens();
  await whileRunning('discoverable.js', {}, async (origin) => {
    const path = '/.well-known/oauth-protected-resource/billing';
    const refused = await fetch(`${origin}/billing/whoami`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="api", resource_metadata="https://api.example${path}"`,
    ]);
    expect(await (await fetch(`${origin}${path}`)).json()).toEqual({
      resource: 'https://api.example/billing',
      authorization_servers: ['https://auth.example'],
      scopes_supported: ['invoice:read'],
      bearer_methods_supported: ['header'],
    });
    const admitted = await fetch(`${origin}/billing/whoami`, { headers: { authorization: `Bearer ${good}` } });
    expect(await admitted.json()).toEqual({ user: 'ada' });
  });
}

async function letsServicesCall(): Promise<void> {
  const secret = () => randomBytes(32).toString('base64url');
  const shared = { SHOP_BILLING_SECRET: secret() };
  await whileRunning('billing.js', shared, async (BILLING_URL) => {
    const shop = async (env: Record<string, string>) => {
      const options = { cwd: packed.folder, env: { ...process.env, BILLING_URL, ...env } };
      const { stdout, stderr } = spawn(execPath, ['shop.js'], options);
      return Promise.all([stdout, stderr].map(async (stream) => (await stream.toArray()).join('')));
    };
    expect(await shop(shared)).toEqual(['shop-4200\n', '']);
    expect(await shop({ SHOP_BILLING_SECRET: secret() })).toEqual([
      '',
      expect.stringContaining('billing:invoices.create: upstream_failed (answered 400 invalid_service_token)'),
    ]);
    const bare = await fetch(`${BILLING_URL}/internal/invoices`, { method: 'POST', body: '{"total":1}' });
    expect([bare.status, await bare.json()]).toMatchObject([400, { code: 'invalid_service_token' }]);
  });
}

describe('the README, in an empty folder', () => {
  beforeAll(() => {
    const snippets = readSnippets();
    for (const [name, code] of snippets) writeFileSync(join(packed.folder, name), code);
    packed.compile([...snippets.keys()]);
  }, 60_000);

  it('has the snippets that are run below, and no other', () => {
    expect([...readSnippets().keys()]).toEqual([
      'service.ts',
      'remote-keys.ts',
      'discovered-keys.ts',
      'node-server.ts',
      'fetch-handler.ts',
      'discoverable.ts',
      'operations.ts',
      'shop.ts',
      'billing.ts',
      'example-test.ts',
    ]);
  });

  it('protects a service', protectsService);

  it('protects a service with Express 4', () =>
    packed.withExpress(4, async () => {
      expect(packed.run(execPath, ['--print', versionOfExpress])).toMatch(/^4\./);
      packed.compile(['service.ts', 'billing.ts', 'discoverable.ts']);
      await protectsService();
      await publishesMetadata();
      await letsServicesCall();
    }));

  it('protects a service of plain node:http where Express is not installed, types included', () =>
    packed.withExpress('none', async () => {
      expect(() => packed.run(execPath, ['--print', versionOfExpress])).toThrow('MODULE_NOT_FOUND');
      packed.compile(['node-server.ts', 'fetch-handler.ts']);
      await protects('node-server.js');
      const [refused, admitted] = packed.run(execPath, ['fetch-handler.js']).trim().split('\n');
      expect(refused).toMatch(/^401 \{"type":"urn:problem:missing_token",/);
      expect(admitted).toBe('200 {"user":"ada"}');
    }));

  it('publishes the metadata of an API', publishesMetadata);

  it('uses the keys of a JWKS URL', async () => {
    const { good } = makeTokens();
    const jwks = readFileSync(join(packed.folder, 'jwks.json'), 'utf8');
    const server = createServer((_req, res) => res.setHeader('content-type', 'application/jwk-set+json').end(jwks));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const JWKS_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`;
    try {
      await whileRunning('remote-keys.js', { JWKS_URL }, async (origin) => {
        const answer = await fetch(`${origin}/whoami`, { headers: { authorization: `Bearer ${good}` } });
        expect([answer.status, await answer.json()]).toEqual([200, { user: 'ada' }]);
      });
    } finally {
      server.close();
    }
  });

  it('finds the keys by the name of the issuer', async () => {
    const certificate = createCertificate();
    writeFileSync(join(packed.folder, 'ca.pem'), certificate.cert);
    const documents: Record<string, unknown> = {};
    const server = createTlsServer(certificate, (req, res) => {
      const document = documents[req.url ?? ''];
      res.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      res.end(JSON.stringify(document ?? {}));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const issuer = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    writeFileSync(join(packed.folder, 'tokens.js'), tokens.replace('https://auth.example', issuer));
    const { good } = JSON.parse(packed.run(execPath, ['tokens.js']));
    documents['/.well-known/openid-configuration'] = { issuer, jwks_uri: `${issuer}/keys` };
    documents['/keys'] = JSON.parse(readFileSync(join(packed.folder, 'jwks.json'), 'utf8'));
    const env = { ISSUER: issuer, NODE_EXTRA_CA_CERTS: join(packed.folder, 'ca.pem') };
    try {
      await whileRunning('discovered-keys.js', env, async (origin) => {
        const answer = await fetch(`${origin}/whoami`, { headers: { authorization: `Bearer ${good}` } });
        expect([answer.status, await answer.json()]).toEqual([200, { user: 'ada' }]);
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('lets one service call another, and only with the secret of the two', letsServicesCall);

  it('shows tests that pass', () => expect(packed.run(execPath, ['example-test.js'])).toBe(''));
});
