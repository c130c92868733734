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

/** A request as it is written, with the session's cookie, and `CRLF` where a line ends. */
const written = (line: string, headers: readonly string[] = [], body = '') =>
  `${[line, 'Host: shop.example', `Cookie: ${cookie}`, `Origin: ${origin}`, ...headers].join('\r\n')}\r\n\r\n${body}`;

const reached = (): readonly Received[] => around.service.received.slice(before);

/** The names of every header that a service may get from a session of the gateway. */
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

describe('a request whose target could mean another', () => {
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
    ['two slashes in front', '//products/x'],
    ['two slashes within', '/products//x'],
    ['a host in front', 'http://127.0.0.1:4002/internal/quotes'],
    ['its own host in front', 'https://shop.example/products'],
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
  ])('leads nowhere: %s', async (target) => {
    const { statuses, text } = await sendBytes(gateway.server, written(`GET ${target} HTTP/1.1`));
    expect(statuses).toEqual([target.startsWith('/readyz') ? 200 : 404]);
    expect(text).not.toContain('auth_');
    expect(reached()).toEqual([]);
    expect(around.userApp.requests.map(({ path }) => path)).not.toContain(target);
  });
});

describe('a request that is two to somebody else', () => {
  const inner = 'GET /internal/quotes HTTP/1.1\r\nHost: x\r\n\r\n';
  it.each([
    [
      'Content-Length beside chunked',
      ['Content-Type: application/json', 'Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ],
    [
      'chunked beside Content-Length',
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
    ['a chunk size that is none', ['Content-Type: application/json', 'Transfer-Encoding: chunked'], 'x\r\n\r\n'],
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
  ])('ends its connection, and nothing behind it is answered: %s', async (what, headers, body) => {
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

  it('is two requests where it is two: the second is looked at like any other', async () => {
    const { statuses } = await sendBytes(gateway.server, `${written('GET /products HTTP/1.1')}${inner}`);
    expect(statuses).toEqual([200, 404]);
    expect(reached().map(({ target }) => target)).toEqual(['/products']);
  });

  it('does not lend its session to the one behind it', async () => {
    const second = 'GET /products/second HTTP/1.1\r\nHost: x\r\n\r\n';
    const { statuses } = await sendBytes(gateway.server, `${written('GET /products/first HTTP/1.1')}${second}`);
    expect(statuses).toEqual([200, 200]);
    const tokens = reached().map(({ headers }) => typeof headers.authorization);
    expect(tokens.sort()).toEqual(['string', 'undefined']);
  });

  it('takes no body that goes on behind its length', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 2'];
    const { statuses } = await sendBytes(gateway.server, written('POST /orders HTTP/1.1', headers, `{}${inner}`));
    expect(statuses).toEqual([200, 404]);
    expect(reached().map(({ body }) => body)).toEqual(['{}']);
  });
});

describe('a header that claims something', () => {
  it.each([
    ['who calls', 'Service-Token: eyJ.x.y'],
    ['who calls, with an underscore', 'Service_Token: eyJ.x.y'],
    ['who the user is', 'X-User-Id: 1'],
    ['who the user is, in capitals', 'X-USER: 1'],
    ['who the user is, with underscores', 'X_User_Id: 1'],
    ['who the user is, with one underscore', 'X-User_Id: 1'],
    ['where it comes from', 'X-Forwarded-For: 203.0.113.9'],
    ['where it comes from, with underscores', 'X_Forwarded_For: 203.0.113.9'],
    ['where it comes from, by standard', 'Forwarded: for=203.0.113.9'],
    ['where it comes from, as nginx says', 'X-Real-IP: 203.0.113.9'],
    ['which host it asked', 'X-Forwarded-Host: evil.example'],
    ['which scheme it came by', 'X-Forwarded-Proto: http'],
    ['which path it means', 'X-Original-URL: /internal/quotes'],
    ['which path it means, rewritten', 'X-Rewrite-URL: /internal/quotes'],
    ['which method it means', 'X-HTTP-Method-Override: DELETE'],
    ['who the proxy is', 'Proxy-Authorization: Basic eA=='],
    ['who the client is, by its certificate', 'X-SSL-Client-DN: CN=admin'],
    ['who the user is, as a load balancer says', 'X-Amzn-Oidc-Identity: 1'],
    ['who the user is, in short', 'User-Id: 1'],
    ['which roles the user has', 'X-Roles: admin'],
    ['which address the user has', 'X-Email: admin@shop.example'],
    ['who the user is, in other words', 'X-Identity: admin'],
    ['what no route declares', 'X-Color: red'],
    ['who the user is, without an X', 'Roles: admin\r\nFrom: admin@shop.example\r\nRemote-User: admin'],
    ['who was on the way', 'Via: 1.1 elsewhere'],
    ['a cookie to be set', 'Set-Cookie: session=x'],
    ['that others are dropped', 'Connection: x-request-id, authorization, x-forwarded-for'],
    ['what is for this hop', 'Connection: X-Color\r\nX-Color: red'],
    ['how long to keep the connection', 'Keep-Alive: timeout=1000'],
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
    ['a token beside the cookie', ['Authorization: Bearer a']],
    [
      'a token beside the cookie that is to be dropped on the way',
      ['Authorization: Bearer a', 'Connection: authorization'],
    ],
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
    'is not asked for by another method: %s',
    async (line) => {
      const { statuses } = await sendBytes(gateway.server, written(line));
      expect(statuses.every((status) => status === 405 || status === 400)).toBe(true);
      expect(reached()).toEqual([]);
    },
  );

  it('is not needed by HTTP/1.0, which is answered and ends', async () => {
    const { text } = await sendBytes(
      gateway.server,
      `GET /products HTTP/1.0\r\nCookie: ${cookie}\r\nX-User-Id: 1\r\n\r\n`,
      { endsByItself: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(reached()).toHaveLength(1);
    for (const received of reached()) expectClean(received);
  });

  it('comes without a host only from HTTP/1.0', async () => {
    const { statuses } = await sendBytes(gateway.server, `GET /products HTTP/1.1\r\nCookie: ${cookie}\r\n\r\n`);
    expect(statuses).toEqual([400]);
    expect(reached()).toEqual([]);
  });
});

describe('a header of an answer', () => {
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
    'does not reach the browser when it holds the access token of the session: %s',
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

  it('is no length where there is no content', async () => {
    around.service.answer((res) => void res.socket?.end('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'));
    const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
    around.service.answer(undefined);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(text).not.toMatch(/content-length/i);
  });

  it('says that it is not to be stored, when the service says nothing', async () => {
    const { text } = await sendBytes(gateway.server, written('GET /products HTTP/1.1'));
    expect(text).toMatch(/\r\nCache-Control: no-store\r\n/i);
  });
});
