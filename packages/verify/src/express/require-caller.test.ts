import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WireRequest } from '../../test/http.ts';
import { type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import { openDoor, quoteCall, quoteContent } from '../../test/service-calls.ts';

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
  it('admits the caller and passes the input to the handler', async () => {
    const answer = await product.send(quote());
    expect(answer).toMatchObject({ status: 200, text: '{"total":1}' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(product.handled).toEqual([
      { id: 'product:quotes.create', input: { body: { items: [1] } }, caller: 'order' },
    ]);
  });

  it('admits the caller for a user', async () => {
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
    ...['__proto__', 'constructor', 'hasOwnProperty'].map((name) => [`a field called ${name}`, [[name, 'x']]]),
  ] as [string, [string, string][]][])('ignores %s: only signed parts count', async (_case, more) => {
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
  ] as [string, Partial<WireRequest>, string][])('rejects a quote when %s', async (_case, change, reason) => {
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
  ] as [string, Partial<WireRequest>, string][])('rejects a note when %s', async (_case, change, reason) => {
    expect(await product.send(note(change))).toMatchObject({ status: 400 });
    expect(product.decisions).toMatchObject([{ decision: 'deny', operation: 'product:notes.read', reason }]);
    expect(product.handled).toEqual([]);
  });

  // No route has such a path in any spelling: then every request with a service token is rejected.
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
  ])('does not match %s %s, which is rejected with its service token', async (method, target) => {
    expect(await product.send(quote({ method, target }))).toMatchObject({ status: 400 });
    expect(product.handled).toEqual([]);
    expect(product.decisions).toEqual([]);
  });

  it('answers OPTIONS with its method and runs no handler', async () => {
    for (const target of ['/internal/quotes', '/internal/notes/7', '/internal/doors']) {
      const answer = await product.send({ method: 'OPTIONS', target });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.text).toMatch(/^(GET, HEAD|POST)$/);
    }
    expect(product.handled).toEqual([]);
  });

  it('rejects every caller when none is listed', async () => {
    const call = { ...quoteCall, operation: openDoor, target: '/internal/doors' };
    const headers = [['Service-Token', product.signer.sign(call)], json] as const;
    const answer = await product.send(quote({ target: call.target, headers }));
    expect(answer).toMatchObject({ status: 403, code: 'caller_not_allowed' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', reason: 'caller' }]);
    expect(product.handled).toEqual([]);
  });

  it('accepts a token once, also for parallel requests', async () => {
    const sent = quote();
    const answers = await Promise.all([...Array(8)].map(() => product.send(sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
    expect(product.handled).toHaveLength(1);
    expect(product.decisions.filter(({ reason }) => reason === 'replayed')).toHaveLength(7);
  });
});
