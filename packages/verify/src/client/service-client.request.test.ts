import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen, type TestServer } from '../../test/http.ts';
import { operations } from '../../test/quote-service.ts';
import { createServiceTokenSigner } from '../service-token-signer.ts';
import { createTestEdge } from '../testing/index.ts';
import { createServiceClient } from './service-client.ts';

const signer = createServiceTokenSigner({
  service: 'order',
  keys: createTestEdge('order', 'product').calls,
  now: () => 1_800_000_000,
});
const { 'product:quotes.create': createQuote, 'product:notes.read': readNote } = operations;

let received: IncomingHttpHeaders;
let callee: TestServer;
beforeAll(async () => {
  callee = await listen((req, res) => {
    received = req.headers;
    const answer = req.method === 'GET' ? { id: '7', reader: 'ada' } : { total: 1 };
    req.resume().on('end', () => void res.end(JSON.stringify(answer)));
  });
});
afterAll(() => callee.close());

const client = () =>
  createServiceClient({
    operations: { 'product:quotes.create': createQuote, 'product:notes.read': readNote },
    baseUrl: callee.origin,
    signer,
  });
const serviceToken = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);

describe('the request of a service client', () => {
  it('has the type of its content, and no user where none is expected', async () => {
    await client().call('product:quotes.create', { body: { items: [1] } });
    expect(received).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': '13',
      'service-token': serviceToken,
    });
    expect(received).not.toHaveProperty('authorization');
  });

  it("has the user's token, and no type where there is no content", async () => {
    await client().call('product:notes.read', { params: { id: '7' }, query: {}, accessToken: 'a.b.c' });
    expect(received).toMatchObject({ authorization: 'Bearer a.b.c', 'service-token': serviceToken });
    expect(received).not.toHaveProperty('content-type');
  });

  it('that no server accepts ends in an error with its cause', async () => {
    const gone = await listen(() => undefined);
    await gone.close();
    const lost = createServiceClient({
      operations: { 'product:quotes.create': createQuote },
      baseUrl: gone.origin,
      signer,
    });
    await expect(lost.call('product:quotes.create', { body: { items: [] } })).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});
