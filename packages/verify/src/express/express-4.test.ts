import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import express4 from 'express4';
import { listen, send, type WireRequest } from '../../test/http.ts';
import { faults, operations, type QuoteService, read, startQuoteService } from '../../test/quote-service.ts';
import { quoteCall, quoteContent } from '../../test/service-calls.ts';
import { type OperationHandlers, refusals, requireCaller, serviceRouter } from './index.ts';

const newExpress4 = () => express4() as unknown as Express;
const json = ['Content-Type', 'application/json'] as const;

let product: QuoteService;
beforeAll(async () => {
  product = await startQuoteService(undefined, { app: newExpress4() });
});
afterAll(() => product.close());

function quote(change: Partial<WireRequest> = {}): WireRequest {
  const headers = [['Service-Token', product.signer.sign(quoteCall)], json] as const;
  return { method: 'POST', target: quoteCall.target, headers, body: quoteContent, ...change };
}

describe('operations with Express 4', () => {
  it('admits a call with its content, once', async () => {
    const call = quote();
    expect(await product.send(call)).toMatchObject({ status: 200, text: '{"total":1}' });
    expect(await product.send(call)).toMatchObject({ status: 400, code: 'invalid_service_token' });
  });

  it.each([
    ['no token', { headers: [json] }, 400, 'invalid_service_token'],
    ['other content', { body: '{"items":[2]}' }, 400, 'invalid_service_token'],
    ['another method', { method: 'PUT' }, 400, 'invalid_service_token'],
    ['too much content', { body: 'x'.repeat(100_001) }, 413, 'payload_too_large'],
  ])('refuses a call with %s', async (_case, change, status, code) => {
    expect(await product.send(quote(change as Partial<WireRequest>))).toMatchObject({ status, code });
  });

  it('answers the invalid fields of a signed call', async () => {
    const content = new TextEncoder().encode('{"items":"none"}');
    const headers = [['Service-Token', product.signer.sign({ ...quoteCall, content })], json] as const;
    expect(await product.send(quote({ headers, body: content }))).toMatchObject({ status: 422 });
  });
});

/** The answer to a good call where a part of the service throws `thrown`, which is no refusal. */
async function answerTo(app: Express, thrown: unknown, part: 'onDecision' | 'handler') {
  const fail = () => {
    throw thrown;
  };
  const guard = requireCaller(operations['product:quotes.create'], {
    verifier: product.verifier,
    onDecision: part === 'onDecision' ? fail : () => {},
  });
  const handlers = { 'product:quotes.create': async () => fail() };
  const create = { 'product:quotes.create': operations['product:quotes.create'] };
  const router = serviceRouter({
    service: 'product',
    operations: create,
    read,
    guard: () => guard,
    handlers: handlers as OperationHandlers<typeof create, 'product'>,
  });
  app.use(router, (_req, res) => void res.json('not guarded'));
  const server = await listen(app.use(refusals(), faults));
  const answer = await send(server.port, quote());
  await server.close();
  return [answer.status, answer.code];
}

describe.each([
  ['Express 5', express],
  ['Express 4', newExpress4],
])('a failure while %s handles a call', (_version, newApp) => {
  it.each([
    ['an error', new Error('lost')],
    ['undefined', undefined],
    ["'route', which Express takes as 'go on'", 'route'],
    ["'router', which Express takes as 'go on'", 'router'],
  ])('is answered 500 when it is %s', async (_case, thrown) => {
    expect(await answerTo(newApp(), thrown, 'onDecision')).toEqual([500, 'internal']);
    expect(await answerTo(newApp(), thrown, 'handler')).toEqual([500, 'internal']);
  });
});
