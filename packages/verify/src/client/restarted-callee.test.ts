import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { operations, type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import { createServiceClient } from './service-client.ts';

const quotes = { 'product:quotes.create': operations['product:quotes.create'] };
const body = { items: [1, 2] };
const target = '/internal/quotes';

/** A callee that started so many seconds ago and knows no use from before. */
let product: QuoteService;
let seconds: number;
beforeEach(async () => {
  seconds = 1;
  product = await startQuoteService(undefined, { knownSeconds: () => seconds });
});
afterEach(() => product.close());

const decided = () => product.decisions.map(({ decision, reason = '' }) => `${decision} ${reason}`.trim());

describe('a call to a service that has just started', () => {
  it.each([0, 0.5, 1, 5, 41])('%d seconds ago succeeds, with a second token where one is needed', async (age) => {
    seconds = age;
    const client = createServiceClient({ operations: quotes, baseUrl: product.origin, signer: product.signer });
    expect(await client.call('product:quotes.create', { body })).toEqual({ total: 2 });
    expect(decided()).toEqual(age > 5 ? ['allow'] : ['deny issued_before_start', 'allow']);
    expect(new Set(product.decisions.map(({ jti }) => jti)).size).toBe(product.decisions.length);
  });

  it('is answered 503 with the second after which a token must be issued, for any client', async () => {
    const content = Buffer.from(JSON.stringify(body));
    const operation = operations['product:quotes.create'];
    const headers = { 'Content-Type': 'application/json' };
    const call = (issuedAfter?: number) => {
      const token = product.signer.sign({ operation, target, content, issuedAfter });
      const sent = { method: 'POST', headers: { ...headers, 'Service-Token': token }, body: content };
      return fetch(`${product.origin}${target}`, sent);
    };
    const refused = await call();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'unavailable' });
    const issuedAfter = Number(refused.headers.get('service-token-after'));
    expect(issuedAfter).toBe(product.clock.now() - 1 + 5);
    expect((await call(issuedAfter)).status).toBe(200);
    expect((await call(issuedAfter - 1)).status).toBe(503);
  });

  it('is retried once', async () => {
    const client = createServiceClient({ operations: quotes, baseUrl: product.origin, signer: product.signer });
    // A signer that does as if it had not heard.
    const deaf = {
      ...product.signer,
      sign: (call: object) => product.signer.sign({ ...call, issuedAfter: 0 } as never),
    };
    const again = createServiceClient({ operations: quotes, baseUrl: product.origin, signer: deaf });
    await expect(again.call('product:quotes.create', { body })).rejects.toMatchObject({ code: 'unavailable' });
    expect(decided()).toEqual(['deny issued_before_start', 'deny issued_before_start']);
    expect(await client.call('product:quotes.create', { body })).toEqual({ total: 2 });
  });
});
