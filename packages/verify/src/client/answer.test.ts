import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen, type TestServer } from '../../test/http.ts';
import { operations } from '../../test/quote-service.ts';
import { createServiceTokenSigner } from '../service-token-signer.ts';
import { createTestEdge } from '../testing/index.ts';
import { createServiceClient } from './service-client.ts';
import { UpstreamError } from './upstream-error.ts';

const signer = createServiceTokenSigner({
  service: 'order',
  keys: createTestEdge('order', 'product').calls,
  now: () => 1_800_000_000,
});

/** How the callee answers next, and how often it was called. */
let answerNext: (res: ServerResponse) => void;
let requests = 0;
let callee: TestServer;
beforeAll(async () => {
  callee = await listen((req, res) => {
    requests += 1;
    req.resume().on('end', () => answerNext(res));
  });
});
afterAll(() => callee.close());

async function callWith(answer: typeof answerNext, options: { timeoutMs?: number; baseUrl?: string } = {}) {
  answerNext = answer;
  const client = createServiceClient({
    operations: { 'product:quotes.create': operations['product:quotes.create'] },
    baseUrl: callee.origin,
    signer,
    ...options,
  });
  const call = client.call('product:quotes.create', { body: { items: [] } });
  return call.catch((error: unknown) => {
    if (!(error instanceof UpstreamError)) throw error;
    expect(error.operation).toBe('product:quotes.create');
    return `${error.code} ${error.answer?.status} ${error.answer?.code}`;
  });
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (res: ServerResponse) =>
    void res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));

describe('the answer of a callee', () => {
  it.each([
    ['200 as it should be', json(200, { total: 1 }), { total: 1 }],
    ['200 with members that are not known', json(200, { total: 1, more: 2 }), { total: 1 }],
    ['200 of another shape', json(200, { sum: 1 }), 'upstream_failed 200 unexpected_body'],
    ['200 with text for a number', json(200, { total: '1' }), 'upstream_failed 200 unexpected_body'],
    ['200 that is null', json(200, null), 'upstream_failed 200 unexpected_body'],
    ['200 with nothing', (res) => void res.end(), 'upstream_failed 200 unexpected_body'],
    ['200 that is not JSON', (res) => void res.end('<html>'), 'upstream_failed 200 unexpected_body'],
    ['204', (res) => void res.writeHead(204).end(), 'upstream_failed 204 unexpected_body'],
    ['503', json(503, { code: 'unavailable' }), 'unavailable 503 unavailable'],
    ['503 of a proxy', (res) => void res.writeHead(503).end('<html>'), 'unavailable 503 undefined'],
    ['429', json(429, { code: 'rate_limited' }), 'unavailable 429 rate_limited'],
    ['500', json(500, { code: 'internal' }), 'upstream_failed 500 internal'],
    ['502', (res) => void res.writeHead(502).end(), 'upstream_failed 502 undefined'],
    ['504', json(504, { code: 'upstream_timeout' }), 'upstream_failed 504 upstream_timeout'],
    ['401 about the user', json(401, { code: 'token_expired' }), 'upstream_refused 401 token_expired'],
    ['403 about the user', json(403, { code: 'forbidden' }), 'upstream_refused 403 forbidden'],
    ['404', json(404, { code: 'not_found' }), 'upstream_refused 404 not_found'],
    ['422', json(422, { code: 'invalid_fields' }), 'upstream_refused 422 invalid_fields'],
    ['400 about our token', json(400, { code: 'invalid_service_token' }), 'upstream_failed 400 invalid_service_token'],
    ['403 about us', json(403, { code: 'caller_not_allowed' }), 'upstream_failed 403 caller_not_allowed'],
    ['404 of something else', (res) => void res.writeHead(404).end('Not Found'), 'upstream_failed 404 undefined'],
    ['400 with a code that is no text', json(400, { code: 5 }), 'upstream_failed 400 undefined'],
    ['an error that looks like an answer', json(500, { total: 1 }), 'upstream_failed 500 undefined'],
  ] as [string, typeof answerNext, unknown][])(
    'of %s is returned or ends with its code',
    async (_case, answer, expected) => {
      expect(await callWith(answer)).toEqual(expected);
    },
  );

  it.each([301, 302, 303, 307, 308])('of %i is not followed', async (status) => {
    const before = requests;
    const answer = await callWith(json(status, {}, { Location: `${callee.origin}/elsewhere` }));
    expect(answer).toBe('unavailable undefined undefined');
    expect(requests).toBe(before + 1);
  });

  it('that never arrives ends with the timeout', async () => {
    expect(await callWith(() => undefined, { timeoutMs: 100 })).toBe('upstream_timeout undefined undefined');
  });

  it('that stops half-way ends with the timeout', async () => {
    const answer = await callWith((res) => void res.write('{"total"'), { timeoutMs: 100 });
    expect(answer).toBe('upstream_timeout undefined undefined');
  });

  it('that breaks off is a failure', async () => {
    const answer = await callWith(
      (res) => void res.writeHead(200, { 'Content-Length': '50' }).write('{', () => res.destroy()),
    );
    expect(answer).toBe('unavailable undefined undefined');
  });

  it('that has no end is aborted at 1 MB', async () => {
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const answer = await callWith((res) => {
      const more = () => {
        while (!res.destroyed && res.write(chunk));
      };
      res.on('drain', more);
      more();
    });
    expect(answer).toBe('upstream_failed 200 too_large');
  });

  it('is a failure when no server listens', async () => {
    const gone = await listen(() => undefined);
    await gone.close();
    expect(await callWith(() => undefined, { baseUrl: gone.origin })).toBe('unavailable undefined undefined');
  });

  it('is a failure when the callee closes the connection', async () => {
    expect(await callWith((res) => void res.destroy())).toBe('unavailable undefined undefined');
  });
});
