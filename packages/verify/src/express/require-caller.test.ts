import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import express from 'express';
import type { WireRequest } from '../../test/http.ts';
import { listen, send } from '../../test/http.ts';
import type { QuoteService } from '../../test/quote-service.ts';
import { startQuoteService } from '../../test/quote-service.ts';
import { createQuote, openDoor, quoteCall, quoteContent } from '../../test/service-calls.ts';
import { identityOf } from './identity.ts';
import { refusals } from './problem.ts';
import type { RequireCallerOptions } from './require-caller.ts';
import { requireCaller } from './require-caller.ts';

let product: QuoteService;
beforeAll(async () => {
  product = await startQuoteService();
});
afterAll(() => product.close());
beforeEach(() => {
  product.handled.length = 0;
  product.decisions.length = 0;
});

const json = ['Content-Type', 'application/json'] as const;

/** A quote as it should be, but for what is changed on the way. */
function quote(change: Partial<WireRequest> = {}): WireRequest {
  const headers = [['Service-Token', product.signer.sign(quoteCall)], json] as const;
  return { method: 'POST', target: quoteCall.target, headers, body: quoteContent, ...change };
}

/** A note read for a user, but for what is changed on the way. */
function note(change: Partial<WireRequest> = {}, accessToken = product.userToken()): WireRequest {
  const call = product.noteCall(accessToken);
  const headers = [
    ['Service-Token', product.signer.sign(call)],
    ['Authorization', `Bearer ${accessToken}`],
  ] as const;
  return { target: call.target, headers, ...change };
}

describe('the route of an operation', () => {
  it('lets the caller in and hands over what was sent', async () => {
    const answer = await product.send(quote());
    expect(answer).toMatchObject({ status: 200, text: '{"total":1}' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(product.handled).toEqual([
      { id: 'product:quotes.create', input: { body: { items: [1] } }, caller: 'order' },
    ]);
  });

  it('lets the caller in for a user', async () => {
    const answer = await product.send(note());
    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^\{"id":"7","reader":"[\w-]{36}"\}$/) });
    expect(product.handled).toMatchObject([{ input: { params: { id: '7' }, query: { full: '1' } }, caller: 'order' }]);
  });

  it.each([
    ['another Host', [['Host', 'evil.example']]],
    ['a Host with a path in it', [['Host', 'product/internal/doors?']]],
    [
      'X-Forwarded-Host and X-Forwarded-Proto',
      [
        ['X-Forwarded-Host', 'evil'],
        ['X-Forwarded-Proto', 'ftp'],
      ],
    ],
    [
      'X-Original-URL',
      [
        ['X-Original-URL', '/internal/doors'],
        ['X-Rewrite-URL', '/internal/doors'],
      ],
    ],
    ['X-HTTP-Method-Override', [['X-HTTP-Method-Override', 'DELETE']]],
  ] as [string, [string, string][]][])('does not care about %s: only what is signed counts', async (_case, more) => {
    const { headers = [], ...rest } = quote();
    expect(await product.send({ ...rest, headers: [...headers, ...more] })).toMatchObject({ status: 200 });
    expect(product.handled).toHaveLength(1);
  });

  it.each([
    ['the query was added to', { target: '/internal/quotes?a=1' }, 'target'],
    ['an empty query was added', { target: '/internal/quotes?' }, 'target'],
    ['the target came in absolute-form', { target: 'http://product/internal/quotes' }, 'target'],
    ['the target came in absolute-form of another host', { target: 'http://evil/internal/quotes' }, 'target'],
    ['the target ends in a fragment', { target: '/internal/quotes#x' }, 'target'],
    ['the body was swapped', { body: '{"items":[2]}' }, 'content_binding'],
    ['the body was added to', { body: '{"items":[1]} ' }, 'content_binding'],
    ['the body was taken off', { body: '' }, 'content_binding'],
    ['the body never came', { body: undefined }, 'content_binding'],
  ] as [string, Partial<WireRequest>, string][])('refuses a quote when %s', async (_case, change, reason) => {
    expect(await product.send(quote(change))).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', operation: 'product:quotes.create', reason }]);
    expect(product.handled).toEqual([]);
  });

  it.each([
    ['the path names another note', { target: '/internal/notes/8?full=1' }, 'target'],
    ['the query was changed', { target: '/internal/notes/7?full=2' }, 'target'],
    ['the path has an encoded separator', { target: '/internal/notes/7%2f8' }, 'target'],
    ['the path has an encoded separator in capitals', { target: '/internal/notes/7%2F8' }, 'target'],
    ['the path has an encoded backslash', { target: '/internal/notes/7%5c8' }, 'target'],
    ['the path has an encoded NUL', { target: '/internal/notes/7%00' }, 'target'],
    ['the path ends in a double dot', { target: '/internal/notes/..' }, 'target'],
    ['the path ends in an encoded double dot', { target: '/internal/notes/%2e%2E' }, 'target'],
    ['the parameter has a backslash', { target: '/internal/notes/\\x' }, 'target'],
    ['it comes as HEAD', { method: 'HEAD' }, 'method'],
    ['a body came along', { body: '{}' }, 'content_binding'],
    ['a body came along in chunks', { body: '{}', chunked: true }, 'content_binding'],
  ] as [string, Partial<WireRequest>, string][])('refuses a note when %s', async (_case, change, reason) => {
    expect(await product.send(note(change))).toMatchObject({ status: 400 });
    expect(product.decisions).toMatchObject([{ decision: 'deny', operation: 'product:notes.read', reason }]);
    expect(product.handled).toEqual([]);
  });

  // No route has such a path, in no spelling: what carries a service token is then refused, whatever it asks for.
  it.each([
    ['POST', '/INTERNAL/quotes'],
    ['POST', '/internal/Quotes'],
    ['POST', '/internal/quotes/'],
    ['POST', '//internal/quotes'],
    ['POST', '/internal//quotes'],
    ['POST', '/internal%2fquotes'],
    ['POST', '/internal/./quotes'],
    ['POST', '/public/../internal/quotes'],
    ['POST', '/internal/%71uotes%2f'],
    ['POST', '/public'],
    ['GET', '/internal/quotes'],
    ['PUT', '/internal/quotes'],
    ['HEAD', '/internal/quotes'],
    ['GET', '/public'],
  ])('is not that of %s %s, which is refused with its service token', async (method, target) => {
    expect(await product.send(quote({ method, target }))).toMatchObject({ status: 400 });
    expect(product.handled).toEqual([]);
    expect(product.decisions).toEqual([]);
  });

  it('tells OPTIONS its method and runs nothing', async () => {
    for (const target of ['/internal/quotes', '/internal/notes/7', '/internal/doors']) {
      const answer = await product.send({ method: 'OPTIONS', target });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.text).toMatch(/^(GET, HEAD|POST)$/);
    }
    expect(product.handled).toEqual([]);
  });

  it('stays shut for everybody when no caller is listed', async () => {
    const call = { ...quoteCall, operation: openDoor, target: '/internal/doors' };
    const headers = [['Service-Token', product.signer.sign(call)], json] as const;
    const answer = await product.send(quote({ target: call.target, headers }));
    expect(answer).toMatchObject({ status: 403, code: 'caller_not_allowed' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', reason: 'caller' }]);
    expect(product.handled).toEqual([]);
  });

  it('is open once: the second time is refused, also at the same time', async () => {
    const sent = quote();
    const answers = await Promise.all([...Array(8)].map(() => product.send(sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
    expect(product.handled).toHaveLength(1);
    expect(product.decisions.filter(({ reason }) => reason === 'replayed')).toHaveLength(7);
  });
});

describe('requireCaller', () => {
  it('binds the whole target, also on a router that sees only a part of it', async () => {
    const options = { verifier: product.verifier, onDecision: () => undefined };
    const router = express.Router().post('/quotes', requireCaller(createQuote, options), (_req, res) => void res.end());
    const server = await listen(express().use('/internal', router).use(refusals()));
    expect(await send(server.port, quote())).toMatchObject({ status: 200 });
    const headers = [['Service-Token', product.signer.sign({ ...quoteCall, target: '/quotes' })], json] as const;
    expect(await send(server.port, quote({ headers }))).toMatchObject({ code: 'invalid_service_token' });
    await server.close();
  });

  it('reads content up to its limit', async () => {
    const limited = (limitBytes: number) =>
      requireCaller(createQuote, { verifier: product.verifier, onDecision: () => undefined, limitBytes });
    const sizes = [1, quoteContent.length - 1, quoteContent.length];
    const statuses = sizes.map(async (limitBytes) => {
      const app = express().post('/internal/quotes', limited(limitBytes), (_req, res) => void res.end());
      const server = await listen(app.use(refusals()));
      const { status } = await send(server.port, quote());
      await server.close();
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([413, 413, 200]);
  });

  it('knows no user where none came along', async () => {
    const guard = requireCaller(createQuote, { verifier: product.verifier, onDecision: () => undefined });
    const app = express().post('/internal/quotes', guard, (req, res) => void res.json(identityOf(req)));
    const server = await listen(app);
    expect(await send(server.port, quote())).toMatchObject({ status: 200, text: '{"caller":"order"}' });
    await server.close();
  });

  it('fails as a fault of the application when something has set an encoding on the body', async () => {
    const decoded: RequestHandler = (req, _res, next) => next(void req.setEncoding('utf8'));
    const guard = requireCaller(createQuote, { verifier: product.verifier, onDecision: () => undefined });
    const app = express().post('/internal/quotes', decoded, guard, (_req, res) => void res.end());
    const server = await listen(app.set('env', 'test').use(refusals()));
    expect(await send(server.port, quote())).toMatchObject({ status: 500 });
    await server.close();
  });

  it.each([
    ['no options', undefined, 'undefined'],
    ['no verifier', { verifier: undefined }, 'requireCaller needs a service token verifier'],
    ['a verifier that is none', { verifier: {} }, 'requireCaller needs a service token verifier'],
    ['no onDecision', { onDecision: undefined }, 'requireCaller needs onDecision'],
    ['a limit of NaN', { limitBytes: Number.NaN }, 'limitBytes must be a whole number above 0'],
    ['an infinite limit', { limitBytes: Number.POSITIVE_INFINITY }, 'limitBytes must be a whole number above 0'],
    ['a limit of nothing', { limitBytes: 0 }, 'limitBytes must be a whole number above 0'],
    ['a limit as text', { limitBytes: '1mb' }, 'limitBytes must be a whole number above 0'],
  ])('throws at build time with %s', (_case, change, message) => {
    const options = { verifier: product.verifier, onDecision: () => undefined, ...change };
    const given = (change === undefined ? undefined : options) as unknown as RequireCallerOptions;
    expect(() => requireCaller(openDoor, given)).toThrow(TypeError);
    expect(() => requireCaller(openDoor, given)).toThrow(message);
  });
});
