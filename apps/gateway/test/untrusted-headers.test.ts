import { describe, expect, it } from '@jest/globals';
import { origin } from './harness.ts';
import { sendBytes } from './raw-socket.ts';
import type { Received } from './service.ts';
import { useWrittenRequests } from './written-requests.ts';

const requests = useWrittenRequests();

/** The names of all headers that a service may receive for a session. */
const meant = [
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'if-match',
  'idempotency-key',
  'origin',
  'traceparent',
  'transfer-encoding',
  'user-agent',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
];

function expectClean({ target, headers }: Received): void {
  expect(target).toMatch(/^\/(?:products|orders)(?:[/?]|$)/);
  expect(Object.keys(headers).filter((name) => !meant.includes(name))).toEqual([]);
  expect(headers.authorization).toMatch(/^Bearer eyJ/);
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers['x-forwarded-proto']).toBe('https');
  expect(headers['x-forwarded-host']).toBe('shop.example');
  expect(headers.host).toBe(new URL(requests.around.service.url).host);
}

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
    const { statuses } = await sendBytes(
      requests.gateway.server,
      requests.written('GET /products HTTP/1.1', header.split('\r\n')),
    );
    expect(statuses).toEqual([200]);
    expect(requests.reached()).toHaveLength(1);
    for (const received of requests.reached()) {
      expectClean(received);
      expect(received.headers['x-color']).toBeUndefined();
    }
  });

  it.each([
    ['two tokens', ['Authorization: Bearer a', 'Authorization: Bearer b']],
    ['a token together with the cookie', ['Authorization: Bearer a']],
    [
      'a token together with the requests.cookie, named by Connection',
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
    const { statuses } = await sendBytes(requests.gateway.server, requests.written('GET /products HTTP/1.1', headers));
    expect(statuses).toEqual([400]);
    expect(requests.reached()).toEqual([]);
  });

  it.each(['TRACE /products HTTP/1.1', 'CONNECT 127.0.0.1:4002 HTTP/1.1', 'PROPFIND /products HTTP/1.1'])(
    'cannot come with another method: %s',
    async (line) => {
      const { statuses } = await sendBytes(requests.gateway.server, requests.written(line));
      expect(statuses.every((status) => status === 405 || status === 400)).toBe(true);
      expect(requests.reached()).toEqual([]);
    },
  );

  it('Host is optional in HTTP/1.0, whose connection ends after the answer', async () => {
    const { text } = await sendBytes(
      requests.gateway.server,
      `GET /products HTTP/1.0\r\nCookie: ${requests.cookie}\r\nX-User-Id: 1\r\n\r\n`,
      { endsByItself: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(requests.reached()).toHaveLength(1);
    for (const received of requests.reached()) expectClean(received);
  });

  it('Host is required in HTTP/1.1', async () => {
    const { statuses } = await sendBytes(
      requests.gateway.server,
      `GET /products HTTP/1.1\r\nCookie: ${requests.cookie}\r\n\r\n`,
    );
    expect(statuses).toEqual([400]);
    expect(requests.reached()).toEqual([]);
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
    requests.around.service.answer(
      (res) => void res.writeHead(200, { [name]: value, 'content-length': '2' }).end('{}'),
    );
    const { text } = await sendBytes(requests.gateway.server, requests.written('GET /products HTTP/1.1'));
    requests.around.service.answer(undefined);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.toLowerCase()).not.toContain(`${name.toLowerCase()}: ${value.toLowerCase()}`);
  });

  it.each(['Authorization', 'X-Debug', 'Link'])(
    'does not reach the browser when it contains the access token of the session: %s',
    async (name) => {
      requests.around.service.answer((res) => {
        const token = String(res.req.headers.authorization);
        res.writeHead(200, { [name]: `seen ${token}`, 'content-length': '2' }).end('{}');
      });
      const { text } = await sendBytes(requests.gateway.server, requests.written('GET /products HTTP/1.1'));
      requests.around.service.answer(undefined);
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text).not.toContain('eyJ');
      expect(text).not.toContain('seen');
    },
  );

  it('with a length does not reach the browser for an answer without content', async () => {
    requests.around.service.answer(
      (res) => void res.socket?.end('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'),
    );
    const { text } = await sendBytes(requests.gateway.server, requests.written('GET /products HTTP/1.1'));
    requests.around.service.answer(undefined);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(text).not.toMatch(/content-length/i);
  });

  it('Cache-Control is no-store when the service sends none', async () => {
    const { text } = await sendBytes(requests.gateway.server, requests.written('GET /products HTTP/1.1'));
    expect(text).toMatch(/\r\nCache-Control: no-store\r\n/i);
  });
});
