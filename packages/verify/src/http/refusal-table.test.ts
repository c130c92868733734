import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import { type GuardedRoutes, guardedServers } from '../../test/guarded-servers.ts';
import { send, type TestServer, type WireAnswer } from '../../test/http.ts';
import { refusalTable, type TableAnswer } from '../../test/refusal-table.ts';
import { AuthError } from '../auth-error.ts';

const { issuer, verifierWith, clock } = setUpAccessTokens();
const verifier = verifierWith({ revocations: { isRevoked: (sid) => sid === 'ended' } });
const keyless = verifierWith({
  keys: () => {
    throw new AuthError('unavailable', 'keys_unavailable');
  },
});

const routes: GuardedRoutes = {
  '/me': { verifier },
  '/orders': { verifier, scope: 'order:read' },
  '/orders/write': { verifier, scope: 'order:write' },
  '/change': { verifier, isStale: () => true },
  '/no-keys': { verifier: keyless },
};
const good = issuer.token({ sub: 'ada', scope: 'order:read' });
const table = refusalTable({
  good,
  expired: issuer.token({ iat: clock.now() - 700, exp: clock.now() - 100 }),
  revoked: issuer.token({ sid: 'ended' }),
  foreign: issuer.token({ aud: ['billing'] }),
});
const metadata = { resource: 'https://api.example/shop', authorizationServers: [issuer.issuer] };
const parameter = ', resource_metadata="https://api.example/.well-known/oauth-protected-resource/shop"';

/** An answer without the header fields of the connection. */
function plain({ status, headers, text }: WireAnswer): TableAnswer {
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...rest } = headers;
  return { status, headers: rest as TableAnswer['headers'], body: text };
}

/** The answer that a request expects over the wire: with its length, and to HEAD without its body. */
function onWire({ status, headers, body }: TableAnswer, method: string | undefined): TableAnswer {
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  return { status, headers: { ...headers, ...length }, body: method === 'HEAD' ? '' : body };
}

/** The same answer once the API has published its metadata. */
function withMetadata({ headers, ...answer }: TableAnswer): TableAnswer {
  const challenge = headers['www-authenticate'];
  const more = challenge === undefined ? {} : { 'www-authenticate': `${challenge}${parameter}` };
  return { ...answer, headers: { ...headers, ...more } };
}

describe.each(Object.entries(guardedServers))('%s', (_name, start) => {
  let server: TestServer;
  let published: TestServer;
  beforeAll(async () => {
    server = await start(routes);
    published = await start(routes, metadata);
  });
  afterAll(() => Promise.all([server.close(), published.close()]));

  it.each([
    ['Bearer', '/me', `Bearer ${good}`],
    ['bearer', '/me', `bearer ${good}`],
    ['BEARER', '/me', `BEARER ${good}`],
    ['Bearer with more spaces', '/me', `Bearer    ${good}`],
    ['Bearer with a space behind the token, which HTTP drops', '/me', `Bearer ${good} `],
    ['a target with a query', '/me?a=1', `Bearer ${good}`],
    ['a target in absolute-form', 'http://elsewhere.example/me', `Bearer ${good}`],
    ['the scope of the route', '/orders', `Bearer ${good}`],
  ])('admits a valid token: %s', async (_title, target, value) => {
    for (const { port } of [server, published]) {
      const answer = await send(port, { target, headers: [['Authorization', value]] });
      expect(answer).toMatchObject({ status: 200, text: 'ada' });
    }
  });

  it.each(table)('refuses %s', async (_title, request, answer) => {
    expect(plain(await send(server.port, request))).toEqual(onWire(answer, request.method));
  });

  it.each(table)('refuses %s, and names its metadata in each challenge', async (_title, request, answer) => {
    expect(plain(await send(published.port, request))).toEqual(onWire(withMetadata(answer), request.method));
  });
});

describe('the table', () => {
  it('has every code that a guard of users can answer', () => {
    const codes = table.map(([, , { body }]) => JSON.parse(body).code);
    expect([...new Set(codes)].sort()).toEqual([
      'insufficient_scope',
      'invalid_request',
      'invalid_token',
      'missing_token',
      'token_expired',
      'token_revoked',
      'unavailable',
    ]);
  });
});
