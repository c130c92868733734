import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp, finishApp, type ServerConfig } from '@auth/http';
import { generateSigningKey, initKeyDocuments } from '@auth/ops';
import { type FeedEvent, openFeedWriter, signFeedEvent } from '@auth/revocation';
import { createTestIssuer } from '@auth/verify/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { openService, type ServiceParts } from './open-service.ts';

/** Ids as the user app writes them. */
const ada = '019b0000-0000-7000-8000-000000000ada';
const bob = '019b0000-0000-7000-8000-000000000b0b';

const iss = 'http://127.0.0.1:4001';
const now = () => Date.now() / 1000;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const database = {
  ping: async () => undefined,
  poolStats: () => ({ idle: 1 }),
  close: async () => undefined,
  watch: () => undefined,
  notes: [],
};

/** Writes the key document of product to its own folder, with the public keys of an issuer of this test. */
async function productDocument() {
  const dir = await mkdtemp(join(tmpdir(), 'service-'));
  closers.push(() => rm(dir, { recursive: true }));
  const { files } = await initKeyDocuments({ dir, issuer: iss });
  const document = JSON.parse(await readFile(files.product, 'utf8'));
  const write = (jwks: object | undefined) =>
    writeFile(files.product, JSON.stringify({ ...document, issuer: { iss, jwks } }));
  return { file: files.product, write };
}

/** Creates the configuration of product on a free port, with its key document in a file. */
function configOf(file: string, jwks?: ServerConfig['jwks'], revocations = 'none'): ServerConfig {
  return {
    production: false,
    port: 0,
    host: '127.0.0.1',
    admin: { port: 0, host: '127.0.0.1' },
    drainDelayMs: 0,
    keepAliveMs: 5000,
    log: { level: 'silent', format: 'json' },
    keys: { file, production: false },
    revocations: { url: revocations, staleAfterSeconds: 5 },
    redis: undefined,
    jwks,
  };
}

/** Opens product, and returns its admin port. */
async function openProduct(file: string, jwks?: ServerConfig['jwks'], revocations = 'none') {
  const config = configOf(file, jwks, revocations);
  const parts = await openService({ service: 'product', config, database });
  const app = finishApp(createApp(parts), { log: parts.log, translate: [] });
  const service = parts.serve({ app, details: () => ({ extra: 1 }) });
  closers.push(service.close);
  return { parts, admin: request(service.admin?.app ?? service.app) };
}

/** Verifies a token. Returns its subject, or the code of the refusal. */
function outcome({ verify }: ServiceParts, token: string): string {
  try {
    return verify.verify(token).sub;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<number> {
  const started = performance.now();
  while (!(await isTrue())) await delay(10);
  return performance.now() - started;
}

const newIssuer = () => createTestIssuer({ issuer: iss, audience: ['product'], now });

describe('openService', () => {
  it('uses a changed key document within a second, and refuses the key that was removed', async () => {
    const [first, second] = [newIssuer(), newIssuer()];
    const { file, write } = await productDocument();
    await write(first.jwks);
    const { parts, admin } = await openProduct(file);
    const token = first.token({ sub: ada });
    // The second verification stores the token, the third uses the stored one.
    for (let use = 0; use < 3; use += 1) expect(outcome(parts, token)).toBe(ada);

    await write(second.jwks);
    const ms = await until(() => outcome(parts, second.token({ sub: bob })) === bob);
    expect(ms).toBeLessThan(1000);
    // Also for a token that was verified before: a remembered token is dropped with its key.
    expect(outcome(parts, token)).toBe('invalid_token: kid_unknown');

    const { text } = await admin.get('/metrics');
    expect(text).toContain('auth_key_reloads_total{outcome="applied",service="product"} 1');
    expect(text).toContain(`auth_key_loaded{kid="${second.kid}",state="public",service="product"} 1`);
    expect(text).toContain('auth_remembered_token_hits_total{service="product"} 1');
    expect(text).toMatch(/auth_remembered_token_bytes\{service="product"\} [1-9]/);
    expect(text).not.toContain(first.kid);
    expect(text).toContain('auth_key_loaded{kid="order.product.1.dev",state="active",service="product"} 1');
  });

  it('accepts only tokens of the configured audience', async () => {
    const issuer = createTestIssuer({ issuer: iss, audience: ['user'], now });
    const { file, write } = await productDocument();
    await write(issuer.jwks);
    const ofItself = await openProduct(file);
    const ofUser = await openService({ service: 'product', audience: 'user', config: configOf(file), database });
    closers.push(async () => ofUser.keys.close());
    const [forUser, forProduct] = [['user'], ['product']].map((aud) => issuer.token({ sub: ada, aud }));
    const outcomes = [ofItself.parts, ofUser].map((parts) =>
      [forUser, forProduct].map((token) => outcome(parts, token ?? '')),
    );
    expect(outcomes).toEqual([
      ['invalid_token: audience', ada],
      [ada, 'invalid_token: audience'],
    ]);
  });

  it('refuses a broken key document, counts the refusal, and continues with the last valid one', async () => {
    const issuer = newIssuer();
    const { file, write } = await productDocument();
    await write(issuer.jwks);
    const { parts, admin } = await openProduct(file);
    await write({ keys: [{ ...(await generateSigningKey('active')) }] });
    await until(async () => (await admin.get('/metrics')).text.includes('outcome="refused",service="product"} 1'));
    expect(outcome(parts, issuer.token({ sub: ada }))).toBe(ada);
  });

  it('lists its keys and their ages on the admin port alone', async () => {
    const issuer = newIssuer();
    const { file, write } = await productDocument();
    await write(issuer.jwks);
    const { admin } = await openProduct(file);
    const { body } = await admin.get('/readyz?verbose');
    expect(body).toMatchObject({ status: 'ready', checks: { database: 'ok' }, extra: 1, now: expect.any(Number) });
    expect(body.revocations).toBe('none');
    expect(body.accessTokenAlgorithms).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA']);
    expect(body.keys).toEqual([
      { kid: issuer.kid, member: 'issuer.jwks', state: 'public', since: expect.any(Number) },
      { kid: 'order.product.1.dev', member: 'accepts.order', state: 'active', since: expect.any(Number) },
    ]);
    expect((await admin.get('/readyz')).body).toEqual({ status: 'ready' });
  });

  it('is ready without a database, and has no metrics of one', async () => {
    const { file } = await productDocument();
    const parts = await openService({ service: 'product', config: configOf(file) });
    const service = parts.serve({ app: finishApp(createApp(parts), { log: parts.log, translate: [] }) });
    closers.push(service.close);
    const admin = request(service.admin?.app ?? service.app);
    const { status, body } = await admin.get('/readyz?verbose');
    expect([status, body.checks]).toEqual([200, {}]);
    expect((await admin.get('/metrics')).text).not.toContain('db_pool_connections');
  });

  it('is not ready until the public keys are fetched, and answers `unavailable` until then', async () => {
    const [documented, published, successor] = [newIssuer(), newIssuer(), newIssuer()];
    const { file, write } = await productDocument();
    await write(documented.jwks);
    const answer: { jwks: object | undefined } = { jwks: undefined };
    const server = createServer((_req, res) => {
      res.writeHead(answer.jwks === undefined ? 500 : 200, { 'content-type': 'application/jwk-set+json' });
      res.end(JSON.stringify(answer.jwks ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const { parts, admin } = await openProduct(file, { url, freshForSeconds: 300, staleForSeconds: 3600 });

    const token = published.token({ sub: ada });
    expect(outcome(parts, token)).toBe('unavailable: keys_unavailable');
    expect((await admin.get('/readyz')).status).toBe(503);

    answer.jwks = published.jwks;
    await until(() => outcome(parts, token) === ada);
    expect((await admin.get('/readyz')).status).toBe(200);
    // The keys of the document are not used beside those of the issuer.
    expect(outcome(parts, documented.token())).toBe('invalid_token: kid_unknown');

    answer.jwks = successor.jwks;
    await until(() => outcome(parts, successor.token({ sub: bob })) === bob);
    expect(outcome(parts, token)).toBe('invalid_token: kid_unknown');
    const { text } = await admin.get('/metrics');
    expect(text).toContain('auth_jwks_refreshes_total{outcome="loaded",service="product"} 2');
    expect(text).toContain(`auth_key_loaded{kid="${successor.kid}",state="public",service="product"} 1`);
    expect(text).not.toContain(published.kid);
  });

  it('is not ready until the revocations are read; then refuses revoked tokens and reports a fresh feed', async () => {
    const issuer = newIssuer();
    const { file, write } = await productDocument();
    await write(issuer.jwks);
    const url = `file:${file}.feed`;
    const writer = await openFeedWriter(url);
    closers.push(writer.close);
    const key = { kid: issuer.kid, alg: 'RS256', key: issuer.privateKey } as const;
    const publish = (...events: FeedEvent[]) =>
      writer.publish(events.map((event) => signFeedEvent(event, { issuer: iss, key, now })));
    const keepUntil = Math.floor(now()) + 600;
    await publish({ kind: 'session-revoked', seq: 1, sid: 'ended', keepUntil, reason: 'logout' });

    const { parts, admin } = await openProduct(file, undefined, url);
    expect((await admin.get('/readyz')).status).toBe(503);
    expect(parts.revocations.isStale()).toBe(true);
    await publish({ kind: 'heartbeat', floor: 1, last: 1 });
    await until(async () => (await admin.get('/readyz')).status === 200);
    const outcomes = [issuer.token({ sid: 'ended' }), issuer.token({ sub: ada })].map((token) => outcome(parts, token));
    expect(outcomes).toEqual(['token_revoked: revoked', ada]);
    expect((await admin.get('/readyz?verbose')).body.revocations).toMatchObject({ entries: 1, stale: false, last: 1 });
    const { text } = await admin.get('/metrics');
    expect(text).toContain('revocation_feed_events_total{outcome="applied",service="product"} 1');
    expect(text).toContain('revocation_entries{service="product"} 1');
    expect(text).toContain('revocation_feed_stale{service="product"} 0');

    // A stale service continues to work.
    await until(async () => (await admin.get('/metrics')).text.includes('revocation_feed_stale{service="product"} 1'));
    expect(parts.revocations.isStale()).toBe(true);
    expect([(await admin.get('/readyz')).status, outcome(parts, issuer.token({ sub: ada }))]).toEqual([200, ada]);
  });
});
