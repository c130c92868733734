import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { operations, type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import type { OperationPolicy } from '../operation.ts';
import { createServiceTokenSigner } from '../service-token-signer.ts';
import { createTestEdge } from '../testing/index.ts';
import { createServiceClient, type ServiceClientOptions } from './service-client.ts';
import { UpstreamError } from './upstream-error.ts';

const callable = {
  'product:quotes.create': operations['product:quotes.create'],
  'product:notes.read': operations['product:notes.read'],
};
type Options = ServiceClientOptions<typeof callable>;

let product: QuoteService;
beforeAll(async () => {
  product = await startQuoteService();
});
afterAll(() => product.close());
beforeEach(() => {
  product.handled.length = 0;
  product.decisions.length = 0;
});

const client = (options: Partial<Options> = {}) =>
  createServiceClient({ operations: callable, baseUrl: product.origin, signer: product.signer, ...options });

/** How a call failed: code, status and code of the answer. */
async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UpstreamError)) throw error;
  return `${error.code} ${error.answer?.status} ${error.answer?.code}`;
}

describe('createServiceClient', () => {
  it('calls an operation with a body and returns its answer', async () => {
    expect(await client().call('product:quotes.create', { body: { items: [1, 2, 3] } })).toEqual({ total: 3 });
    expect(product.handled).toEqual([
      { id: 'product:quotes.create', input: { body: { items: [1, 2, 3] } }, caller: 'order' },
    ]);
  });

  it('calls an operation for a user, with parameters in path and query', async () => {
    const accessToken = product.userToken({ sub: 'ada' });
    const request = { params: { id: 'ä?b&c' }, query: { full: '1' }, accessToken };
    expect(await client().call('product:notes.read', request)).toEqual({ id: 'ä?b&c', reader: 'ada' });
    expect(product.handled).toMatchObject([{ input: { params: { id: 'ä?b&c' }, query: { full: '1' } } }]);
  });

  it('creates a new token for each call', async () => {
    const calls = [...Array(10)].map(() => client().call('product:quotes.create', { body: { items: [] } }));
    expect(await Promise.all(calls)).toHaveLength(10);
    expect(new Set(product.decisions.map(({ jti }) => jti)).size).toBe(10);
  });

  it('sends given headers with its own', async () => {
    let asked = 0;
    const headers = () => {
      asked += 1;
      return { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'service-token': 'x' };
    };
    // A given header does not replace the token.
    expect(await client({ headers }).call('product:quotes.create', { body: { items: [] } })).toEqual({ total: 0 });
    expect(asked).toBe(1);
  });

  it.each(['.', '..', '', '../quotes', 'a/b', 'a%2fb', 'a\\b'])(
    'sends nothing for the path parameter %j',
    async (id) => {
      const request = { params: { id }, query: {}, accessToken: product.userToken() };
      await expect(client().call('product:notes.read', request)).rejects.toThrow(TypeError);
      expect(product.decisions).toEqual([]);
    },
  );

  it('passes on the refusals of the user by the callee', async () => {
    const request = (claims: object) => ({ params: { id: '7' }, query: {}, accessToken: product.userToken(claims) });
    const call = (claims: object) => failure(client().call('product:notes.read', request(claims)));
    expect(await call({ iat: 1, exp: 2 })).toBe('upstream_refused 401 token_expired');
    expect(await call({ aud: ['order'] })).toBe('upstream_refused 401 invalid_token');
    expect(await call({ scope: '' })).toBe('upstream_refused 403 insufficient_scope');
  });

  it('reports a refusal of its own token as a failure between the two services', async () => {
    const stranger = createTestEdge('order', 'product');
    const signer = createServiceTokenSigner({ service: 'order', keys: stranger.calls, now: product.clock.now });
    expect(await failure(client({ signer }).call('product:quotes.create', { body: { items: [] } }))).toBe(
      'upstream_failed 400 invalid_service_token',
    );
  });

  it('reports a refusal of its operation as a failure between the two services', async () => {
    const opened = { ...operations['product:doors.open'], callers: ['order'] };
    const doors = createServiceClient({
      operations: { 'product:doors.open': opened },
      baseUrl: product.origin,
      signer: product.signer,
    });
    expect(await failure(doors.call('product:doors.open', {}))).toBe('upstream_failed 403 caller_not_allowed');
  });

  it('throws at build time for an operation that does not list this service', () => {
    const build = () => createServiceClient({ operations, baseUrl: product.origin, signer: product.signer });
    expect(build).toThrow('order may not call product:doors.open');
  });

  it.each([
    ['no base URL', { baseUrl: undefined }, 'baseUrl must be a non-empty string'],
    ['an empty base URL', { baseUrl: '' }, 'baseUrl must be a non-empty string'],
    ...[
      'product',
      'product:4002',
      'http://product:4002/api',
      'http://product:4002/?a=1',
      'http://product:4002/#a',
      'http://ada:secret@product:4002',
      'http://:secret@product:4002',
      'file:///',
      'ftp://product/',
      'xhttp://product/',
    ].map((baseUrl) => [`the base URL ${baseUrl}`, { baseUrl }, 'baseUrl must be an http(s) origin'] as const),
    ['no signer', { signer: undefined }, 'signer.sign must be a function'],
    ...['3s', Number.NaN, 0, 0.5, Number.POSITIVE_INFINITY].map(
      (timeoutMs) => [`the timeout ${timeoutMs}`, { timeoutMs }, 'timeoutMs must be a whole number above 0'] as const,
    ),
    ['headers that are no function', { headers: {} }, 'headers must be a function'],
  ])('throws at build time with %s', (_case, change, message) => {
    const build = () => client(change as unknown as Partial<Options>);
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });

  it.each([{ baseUrl: 'http://product' }, { baseUrl: 'HTTPS://Product:443/' }, { timeoutMs: 1 }])(
    'accepts %j',
    (options) => expect(() => client(options)).not.toThrow(),
  );

  it.each(['/internal/../quotes', '/internal/./quotes', '//evil/quotes'] as const)(
    'sends nothing for the path template %s, which a URL would fold',
    async (path) => {
      const folded = { 'product:doors.open': { ...operations['product:doors.open'], callers: ['order'], path } };
      const doors = createServiceClient({ operations: folded, baseUrl: product.origin, signer: product.signer });
      await expect(doors.call('product:doors.open', {})).rejects.toThrow('does not survive as a URL');
      expect(product.decisions).toEqual([]);
    },
  );

  it('throws for an operation that is not in its map, also for a name from a prototype', async () => {
    const untyped = client() as { call(id: string, request: object): Promise<unknown> };
    for (const id of ['product:doors.open', 'toString', 'constructor', '__proto__']) {
      await expect(untyped.call(id, {})).rejects.toThrow(TypeError);
      await expect(untyped.call('product:doors.open', {})).rejects.toThrow('no operation of product');
    }
    expect(product.decisions).toEqual([]);
  });
});

describe('the types of createServiceClient', () => {
  it('reject input that the operation does not declare', async () => {
    // Never called: this code is for the compiler.
    const uncompiled = async () => {
      const typed = client();
      // @ts-expect-error an operation the client was not given
      await typed.call('product:doors.open', {});
      // @ts-expect-error no body
      await typed.call('product:quotes.create', {});
      // @ts-expect-error another body
      await typed.call('product:quotes.create', { body: { items: ['x'] } });
      // @ts-expect-error a user's token where none may travel along
      await typed.call('product:quotes.create', { body: { items: [] }, accessToken: 'token' });
      // @ts-expect-error no user's token where one is required
      await typed.call('product:notes.read', { params: { id: '7' }, query: {} });
      // @ts-expect-error an answer that the operation does not give
      (await typed.call('product:quotes.create', { body: { items: [] } })).sum;
    };
    expect(uncompiled).toBeInstanceOf(Function);
    const policy: OperationPolicy = operations['product:doors.open'];
    expect(policy.callers).toEqual([]);
  });
});
