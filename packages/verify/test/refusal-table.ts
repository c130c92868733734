import type { WireRequest } from './http.ts';

/** The tokens that the requests of the table carry. */
export interface TableTokens {
  /** Valid, with the scope `order:read`. */
  readonly good: string;
  readonly expired: string;
  readonly revoked: string;
  readonly foreign: string;
}

/** What every server answers: `headers` are all but those of the connection. */
export interface TableAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Headers = NonNullable<WireRequest['headers']>;
type Row = readonly [title: string, request: WireRequest, answer: TableAnswer];

function refused(status: number, code: string, title: string, detail: string, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ type: `urn:problem:${code}`, title, status, detail, code });
  const type = 'application/problem+json; charset=utf-8';
  return { status, body, headers: { 'cache-control': 'no-store', 'content-type': type, ...headers } };
}

const invalid = (code: string, title: string, detail: string) =>
  refused(401, code, title, detail, {
    'www-authenticate': `Bearer realm="api", error="invalid_token", error_description="${detail}"`,
  });
const malformed = refused(400, 'invalid_request', 'Invalid request', 'The request is malformed.');
const missing = refused(
  401,
  'missing_token',
  'Missing access token',
  'Send an access token: Authorization: Bearer <token>.',
  // RFC 6750 §3.1: no error code for a request without credentials.
  { 'www-authenticate': 'Bearer realm="api"' },
);
const invalidToken = invalid('invalid_token', 'Invalid access token', 'The access token is not valid here.');
const detailOfExpired = 'The access token has expired: refresh it or log in again.';
const expired = invalid('token_expired', 'Access token expired', detailOfExpired);
const detailOfRevoked = 'The session of this access token has ended: log in again.';
const revoked = invalid('token_revoked', 'Access token revoked', detailOfRevoked);
const insufficient = refused(
  403,
  'insufficient_scope',
  'Insufficient scope',
  'The access token lacks a scope that this operation needs.',
  { 'www-authenticate': 'Bearer realm="api", error="insufficient_scope", scope="order:write"' },
);
const unavailable = refused(503, 'unavailable', 'Unavailable', 'Not available right now. Try again later.', {
  'retry-after': '5',
});

/** The requests that every guard of users refuses, with the answer that each of them gives. */
export function refusalTable({ good, ...bad }: TableTokens): readonly Row[] {
  const me = (...headers: Headers): WireRequest => ({ target: '/me', headers });
  const bearer = (token: string, target = '/me'): WireRequest => ({
    target,
    headers: [['Authorization', `Bearer ${token}`]],
  });
  const isMissing: [string, WireRequest][] = [
    ['no header', me()],
    ['another scheme', me(['Authorization', `Basic ${Buffer.from('ada:password').toString('base64')}`])],
    ['DPoP', me(['Authorization', `DPoP ${good}`])],
    ['the token alone', me(['Authorization', good])],
    ['a scheme that begins like Bearer', me(['Authorization', `Bearertoken ${good}`])],
    ['a scheme that ends like Bearer', me(['Authorization', `X-Bearer ${good}`])],
    ['Bearer behind another scheme', me(['Authorization', `Basic x, Bearer ${good}`])],
    ['a token in the query', { target: `/me?access_token=${good}` }],
    ['a token in a form', { ...me(['Content-Type', 'application/x-www-form-urlencoded']), ...formOf(good) }],
    ['a token in a cookie', me(['Cookie', `access_token=${good}`])],
    ['a token in other headers', me(['X-Authorization', `Bearer ${good}`], ['X-Access-Token', good])],
    ['a token in a header with an underscore', me(['Authorization_', `Bearer ${good}`])],
    ['a user named by a proxy', me(['X-User', 'ada'], ['X-Forwarded-User', 'ada'])],
    ['HEAD', { method: 'HEAD', target: '/me' }],
    ['POST with content', { method: 'POST', target: '/me', body: 'x'.repeat(1000) }],
    ['a target in absolute-form', { target: 'http://evil.example/me' }],
    ['another Host', me(['Host', 'evil.example'], ['X-Forwarded-Host', 'evil.example'])],
  ];
  return [
    ...isMissing.map(([title, request]): Row => [title, request, missing]),
    ...malformedHeaders(good).map(([title, value]): Row => [title, me(['Authorization', value]), malformed]),
    ...secondHeaders(good).flatMap(([title, name, value]): Row[] => {
      const both: Headers = [
        ['Authorization', `Bearer ${good}`],
        [name, value],
      ];
      return [
        [`a second Authorization header with ${title}`, me(...both), malformed],
        [`a first Authorization header with ${title}`, me(...[...both].reverse()), malformed],
      ];
    }),
    ['no token at all: text', bearer('text'), invalidToken],
    ['a changed token', bearer(`${good.slice(0, -4)}AAAA`), invalidToken],
    ['a token in lower case', bearer(good.toLowerCase()), invalidToken],
    ['a token of 20 000 characters', bearer(good.slice(0, 5).repeat(3000)), invalidToken],
    ['a token for another service', bearer(bad.foreign), invalidToken],
    ['a token for another service, asked by HEAD', { ...bearer(bad.foreign), method: 'HEAD' }, invalidToken],
    ['an expired token', bearer(bad.expired), expired],
    ['a revoked token', bearer(bad.revoked), revoked],
    ['a token without the scope', bearer(good, '/orders/write'), insufficient],
    ['a bad token where a scope is needed', bearer(bad.expired, '/orders/write'), expired],
    ['a good token while revocations are stale', bearer(good, '/change'), unavailable],
    ['a bad token while revocations are stale', bearer(bad.expired, '/change'), expired],
    ['no token while revocations are stale', { target: '/change' }, missing],
    ['a good token while there are no keys', bearer(good, '/no-keys'), unavailable],
    ['no token while there are no keys', { target: '/no-keys' }, missing],
  ];
}

function formOf(token: string): WireRequest {
  return { method: 'POST', target: '/me', body: `access_token=${token}` };
}

function malformedHeaders(good: string): [string, string][] {
  return [
    ['an empty header', ''],
    ['a tab behind Bearer', `Bearer\t${good}`],
    ['a space and a tab behind Bearer', `Bearer \t${good}`],
    ['Bearer in quotes', `"Bearer ${good}"`],
    ['a comma behind Bearer', `Bearer,${good}`],
    ['a colon behind Bearer', `Bearer: ${good}`],
    ['a comma before Bearer', `, Bearer ${good}`],
    ['Bearer alone', 'Bearer'],
    ['bearer alone, in lower case', 'bearer'],
    ['Bearer and spaces', 'Bearer   '],
    ['two tokens', `Bearer ${good} ${good}`],
    ['two tokens with a comma', `Bearer ${good}, Bearer ${good}`],
    ['a comma behind the token', `Bearer ${good},`],
    ['a token in quotes', `Bearer "${good}"`],
    ['a parameter', `Bearer token=${good}`],
    ['a semicolon', `Bearer ${good};`],
    ['a character beyond ASCII', 'Bearer é'],
    ['padding inside', 'Bearer a=b'],
  ];
}

function secondHeaders(good: string): [title: string, name: string, value: string][] {
  return [
    ['the same token', 'Authorization', `Bearer ${good}`],
    ['another scheme', 'Authorization', 'Basic x'],
    ['other letters', 'AUTHORIZATION', `Bearer ${good}`],
    ['nothing in it', 'Authorization', ''],
  ];
}
