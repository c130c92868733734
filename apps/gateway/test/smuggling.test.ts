import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openBrowser } from './browser.ts';
import type { Harness, Surroundings } from './harness.ts';
import { origin, useGateway } from './harness.ts';
import { sendBytes } from './raw-socket.ts';
import type { Received } from './service.ts';

let around: Surroundings;
let gateway: Harness;
let cookie: string;
let before: number;

useGateway((opened) => ({ around, gateway } = opened));
beforeAll(async () => {
  const browser = openBrowser(gateway.server);
  await browser.logIn(around.userApp);
  cookie = browser.cookie;
});
beforeEach(() => {
  before = around.service.received.length;
});

/** Writes a request with the cookie of the session. */
const written = (line: string, headers: readonly string[] = [], body = '') =>
  `${[line, 'Host: shop.example', `Cookie: ${cookie}`, `Origin: ${origin}`, ...headers].join('\r\n')}\r\n\r\n${body}`;

const reached = (): readonly Received[] => around.service.received.slice(before);

/** The names of all headers that a service may receive for a session. */
const meant = [
  ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host', 'if-match'],
  ...['idempotency-key', 'origin', 'traceparent', 'transfer-encoding', 'user-agent', 'x-request-id'],
  ...['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
];

function expectClean({ target, headers }: Received): void {
  expect(target).toMatch(/^\/(?:products|orders)(?:[/?]|$)/);
  expect(Object.keys(headers).filter((name) => !meant.includes(name))).toEqual([]);
  expect(headers.authorization).toMatch(/^Bearer eyJ/);
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers['x-forwarded-proto']).toBe('https');
  expect(headers['x-forwarded-host']).toBe('shop.example');
  expect(headers.host).toBe(new URL(around.service.url).host);
}

describe('a request with an ambiguous target', () => {
  it.each([
    ['a parent segment', '/products/../internal/quotes'],
    ['a parent segment at the end', '/products/..'],
    ['a dot segment', '/products/./x'],
    ['an encoded dot', '/products/%2e%2e/internal/quotes'],
    ['an encoded dot in capitals', '/products/%2E./internal/quotes'],
    ['an encoded slash', '/products/..%2finternal/quotes'],
    ['an encoded slash in capitals', '/products%2F..%2Finternal'],
    ['an encoded backslash', '/products/..%5cinternal'],
    ['a backslash', '/products\\..\\internal'],
    ['two slashes at the start', '//products/x'],
    ['two slashes within', '/products//x'],
    ['an absolute form', 'http://127.0.0.1:4002/internal/quotes'],
    ['an absolute form of the own host', 'https://shop.example/products'],
    ['a fragment', '/products#/internal'],
    ['an encoded NUL', '/products/%00'],
    ['a bad escape', '/products/%zz'],
    ['a parameter on a parent segment', '/products/..;/internal'],
  ])('is refused: %s', async (_what, target) => {
    const { statuses } = await sendBytes(gateway.server, written(`GET ${target} HTTP/1.1`));
    expect(statuses).toEqual([400]);
    expect(reached()).toEqual([]);
  });

  it.each([
    ['/internal/quotes'],
    ['/metrics'],
    ['/users'],
    ['/users/019b0000-0000-7000-8000-000000000ada'],
    ['/users/%6de'],
    ['/users/mex'],
    ['/Products'],
    ['/PRODUCTS'],
    ['/productsx'],
    ['/products%20'],
    ['/products;x=1'],
    ['/%70roducts'],
    ['/user/users'],
    ['/product/products'],
    ['/readyz?verbose'],
  ])('answers 404 for %s', async (target) => {
    const { statuses, text } = await sendBytes(gateway.server, written(`GET ${target} HTTP/1.1`));
    expect(statuses).toEqual([target.startsWith('/readyz') ? 200 : 404]);
    expect(text).not.toContain('auth_');
    expect(reached()).toEqual([]);
    expect(around.userApp.requests.map(({ path }) => path)).not.toContain(target);
  });
});

describe('a request that another party could read as two', () => {
  const inner = 'GET /internal/quotes HTTP/1.1\r\nHost: x\r\n\r\n';
  it.each([
    [
      'Content-Length and chunked',
      ['Content-Type: application/json', 'Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ],
    [
      'chunked and Content-Length',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked', 'Content-Length: 4'],
      '0\r\n\r\n',
    ],
    ['two lengths', ['Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 40'], '{}'],
    ['two equal lengths', ['Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 2'], '{}'],
    ['a list of lengths', ['Content-Type: application/json', 'Content-Length: 2, 2'], '{}'],
    ['a signed length', ['Content-Type: application/json', 'Content-Length: +2'], '{}'],
    ['a length in hex', ['Content-Type: application/json', 'Content-Length: 0x2'], '{}'],
    ['another coding', ['Content-Type: application/json', 'Transfer-Encoding: identity'], '{}'],
    ['two codings', ['Content-Type: application/json', 'Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
    [
      'chunked twice',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ],
    ['a coding that is nearly chunked', ['Content-Type: application/json', 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a space before the colon', ['Content-Type: application/json', 'Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a folded line', ['Content-Type: application/json', 'X-Color: red\r\n Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a bare line feed', ['X-Color: red\nService-Token: x'], ''],
    ['a bare carriage return', ['X-Color: red\rService-Token: x'], ''],
    ['a NUL in a value', ['X-Color: red\0'], ''],
    ['an invalid chunk size', ['Content-Type: application/json', 'Transfer-Encoding: chunked'], 'x\r\n\r\n'],
  ])('is refused: %s', async (_what, headers, body) => {
    const { statuses } = await sendBytes(gateway.server, written('POST /orders HTTP/1.1', headers, `${body}${inner}`));
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
    expect(reached().map(({ target }) => target)).not.toContain('/internal/quotes');
    for (const received of reached()) expect(received.body).not.toContain('internal');
  });

  it.each([
    ['an empty coding', ['Transfer-Encoding:', 'Content-Length: 2'], '{}'],
    ['another coding', ['Transfer-Encoding: identity', 'Content-Length: 2'], '{}'],
    ['an empty coding in HTTP/1.0', ['Transfer-Encoding:', 'Content-Length: 2', 'Connection: keep-alive'], '{}'],
  ])('closes its connection, and later bytes are not answered: %s', async (what, headers, body) => {
    const line = `POST /orders HTTP/1.${what.endsWith('1.0') ? 0 : 1}`;
    const bytes = written(
      line,
      ['Content-Type: application/json', ...headers],
      `${body}${written('GET /products HTTP/1.1')}`,
    );
    const { statuses, text } = await sendBytes(gateway.server, bytes, { endsByItself: true });
    expect(statuses).toEqual([400]);
    if (text.includes('"code"')) expect(text).toMatch(/\r\nConnection: close\r\n/i);
    expect(reached()).toEqual([]);
  });

  it('that is two requests has the second checked like any other', async () => {
    const { statuses } = await sendBytes(gateway.server, `${written('GET /products HTTP/1.1')}${inner}`);
    expect(statuses).toEqual([200, 404]);
    expect(reached().map(({ target }) => target)).toEqual(['/products']);
  });

  it('does not give its session to the next request', async () => {
    const second = 'GET /products/second HTTP/1.1\r\nHost: x\r\n\r\n';
    const { statuses } = await sendBytes(gateway.server, `${written('GET /products/first HTTP/1.1')}${second}`);
    expect(statuses).toEqual([200, 200]);
    const tokens = reached().map(({ headers }) => typeof headers.authorization);
    expect(tokens.sort()).toEqual(['string', 'undefined']);
  });

  it('has a body that ends at its length', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 2'];
    const { statuses } = await sendBytes(gateway.server, written('POST /orders HTTP/1.1', headers, `{}${inner}`));
    expect(statuses).toEqual([200, 404]);
    expect(reached().map(({ body }) => body)).toEqual(['{}']);
  });
});

describe('a request header that a service could trust', () => {
  it.each([
    ['the caller', 'Service-Token: eyJ.x.y'],
    ['the caller, with an underscore', 'Service_Token: eyJ.x.y'],
    ['the user', 'X-User-Id: 1'],
    ['the user, in capitals', 'X-USER: 1'],
    ['the user, with underscores', 'X_User_Id: 1'],
    ['the user, with one underscore', 'X-User_Id: 1'],
    ['the address', 'X-Forwarded-For: 203.0.113.9'],
    ['the address, with underscores', 'X_Forwarded_For: 203.0.113.9'],
    ['the address, in Forwarded', 'Forwarded: for=203.0.113.9'],
    ['the address, of nginx', 'X-Real-IP: 203.0.113.9'],
    ['the host', 'X-Forwarded-Host: evil.example'],
    ['the scheme', 'X-Forwarded-Proto: http'],
    ['the path', 'X-Original-URL: /internal/quotes'],
    ['the path, rewritten', 'X-Rewrite-URL: /internal/quotes'],
    ['the method', 'X-HTTP-Method-Override: DELETE'],
    ['credentials of a proxy', 'Proxy-Authorization: Basic eA=='],
    ['the client certificate', 'X-SSL-Client-DN: CN=admin'],
    ['the user, of a load balancer', 'X-Amzn-Oidc-Identity: 1'],
    ['the user, without X-', 'User-Id: 1'],
    ['the roles', 'X-Roles: admin'],
    ['the e-mail address', 'X-Email: admin@shop.example'],
    ['the identity', 'X-Identity: admin'],
    ['a field that no route declares', 'X-Color: red'],
    ['roles and user, without X-', 'Roles: admin\r\nFrom: admin@shop.example\r\nRemote-User: admin'],
    ['the proxies on the way', 'Via: 1.1 elsewhere'],
    ['a cookie to set', 'Set-Cookie: session=x'],
    ['Connection, naming fields of the gateway', 'Connection: x-request-id, authorization, x-forwarded-for'],
    ['a field of this connection', 'Connection: X-Color\r\nX-Color: red'],
    ['the life of the connection', 'Keep-Alive: timeout=1000'],
    ['trailers', 'TE: trailers\r\nTrailer: X-User-Id'],
    ['HTTP/2', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__'],
  ])('does not reach a service: %s', async (_what, header) => {
    const { statuses } = await sendBytes(gateway.server, written('GET /products HTTP/1.1', header.split('\r\n')));
    expect(statuses).toEqual([200]);
    expect(reached()).toHaveLength(1);
    for (const received of reached()) {
      expectClean(received);
      expect(received.headers['x-color']).toBeUndefined();
    }
  });

  it.each([
    ['two tokens', ['Authorization: Bearer a', 'Authorization: Bearer b']],
    ['a token together with the cookie', ['Authorization: Bearer a']],
    ['a token together with the cookie, named by Connection', ['Authorization: Bearer a', 'Connection: authorization']],
    ['two origins', [`Origin: ${origin}`]],
    ['two hosts', ['Host: evil.example']],
    ['two cookies', [`Cookie: __Host-session=${'A'.repeat(43)}`]],
    ['two types', ['Content-Type: application/json', 'Content-Type: text/plain']],
    [
      'a WebSocket',
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: eA=='],
    ],
  ])('is refused: %s', async (_what, headers) => {
    const { statuses } = await sendBytes(gateway.server, written('GET /products HTTP/1.1', headers));
    expect(statuses).toEqual([400]);
    expect(reached()).toEqual([]);
  });

  it.each(['TRACE /products HTTP/1.1', 'CONNECT 127.0.0.1:4002 HTTP/1.1', 'PROPFIND /products HTTP/1.1'])(
    'cannot come with another method: %s',
    async (line) => {
      const { statuses } = await sendBytes(gateway.server, written(line));
      expect(statuses.every((status) => status === 405 || status === 400)).toBe(true);
      expect(reached()).toEqual([]);
    },
  );

  it('Host is optional in HTTP/1.0, whose connection ends after the answer', async () => {
    const { text } = await sendBytes(
      gateway.server,
      `GET /products HTTP/1.0\r\nCookie: ${cookie}\r\nX-User-Id: 1\r\n\r\n`,
      { endsByItself: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(reached()).toHaveLength(1);
    for (const received of reached()) expectClean(received);
  });

  it('Host is required in HTTP/1.1', async () => {
    const { statuses } = await sendBytes(gateway.server, `GET /products HTTP/1.1\r\nCookie: ${cookie}\r\n\r\n`);
    expect(statuses).toEqual([400]);
    expect(reached()).toEqual([]);
  });
});

describe('a response header', () => {
  it.each([
    ['Set-Cookie', 'session=of-the-service'],
    ['Service-Token', 'eyJ.x.y'],
    ['X-User-Id', '1'],
    ['X_User_Id', '1'],
    ['X-Forwarded-For', '10.0.0.1'],
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Proxy-Authenticate', 'Basic'],
    ['Keep-Alive', 'timeout=99'],
    ['Clear-Site-Data', '"cookies"'],
    ['Authorization', 'Bearer eyJ.x.y'],
    ['Strict-Transport-Security', 'max-age=1'],
  ])('does not reach the browser: %s', async (name, value) => {
    around.service.answer((res) => void res.writeHead(200, { [name]: value, 'content-length': '2' }).end('{}'));
    const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
    around.service.answer(undefined);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.toLowerCase()).not.toContain(`${name.toLowerCase()}: ${value.toLowerCase()}`);
  });

  it.each(['Authorization', 'X-Debug', 'Link'])(
    'does not reach the browser when it contains the access token of the session: %s',
    async (name) => {
      around.service.answer((res) => {
        const token = String(res.req.headers.authorization);
        res.writeHead(200, { [name]: `seen ${token}`, 'content-length': '2' }).end('{}');
      });
      const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
      around.service.answer(undefined);
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text).not.toContain('eyJ');
      expect(text).not.toContain('seen');
    },
  );

  it('with a length does not reach the browser for an answer without content', async () => {
    around.service.answer((res) => void res.socket?.end('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'));
    const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
    around.service.answer(undefined);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(text).not.toMatch(/content-length/i);
  });

  it('Cache-Control is no-store when the service sends none', async () => {
    const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
    expect(text).toMatch(/\r\nCache-Control: no-store\r\n/i);
  });
});
