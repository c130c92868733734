import { describe, expect, it } from '@jest/globals';
import { sendBytes } from './raw-socket.ts';
import { useWrittenRequests } from './written-requests.ts';

const requests = useWrittenRequests();

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
    const { statuses } = await sendBytes(requests.gateway.server, requests.written(`GET ${target} HTTP/1.1`));
    expect(statuses).toEqual([400]);
    expect(requests.reached()).toEqual([]);
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
    const { statuses, text } = await sendBytes(requests.gateway.server, requests.written(`GET ${target} HTTP/1.1`));
    expect(statuses).toEqual([target.startsWith('/readyz') ? 200 : 404]);
    expect(text).not.toContain('auth_');
    expect(requests.reached()).toEqual([]);
    expect(requests.around.userApp.requests.map(({ path }) => path)).not.toContain(target);
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
    const { statuses } = await sendBytes(
      requests.gateway.server,
      requests.written('POST /orders HTTP/1.1', headers, `${body}${inner}`),
    );
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
    expect(requests.reached().map(({ target }) => target)).not.toContain('/internal/quotes');
    for (const received of requests.reached()) expect(received.body).not.toContain('internal');
  });

  it.each([
    ['an empty coding', ['Transfer-Encoding:', 'Content-Length: 2'], '{}'],
    ['another coding', ['Transfer-Encoding: identity', 'Content-Length: 2'], '{}'],
    ['an empty coding in HTTP/1.0', ['Transfer-Encoding:', 'Content-Length: 2', 'Connection: keep-alive'], '{}'],
  ])('closes its connection, and later bytes are not answered: %s', async (what, headers, body) => {
    const line = `POST /orders HTTP/1.${what.endsWith('1.0') ? 0 : 1}`;
    const bytes = requests.written(
      line,
      ['Content-Type: application/json', ...headers],
      `${body}${requests.written('GET /products HTTP/1.1')}`,
    );
    const { statuses, text } = await sendBytes(requests.gateway.server, bytes, { endsByItself: true });
    expect(statuses).toEqual([400]);
    if (text.includes('"code"')) expect(text).toMatch(/\r\nConnection: close\r\n/i);
    expect(requests.reached()).toEqual([]);
  });

  it('that is two requests has the second checked like any other', async () => {
    const { statuses } = await sendBytes(
      requests.gateway.server,
      `${requests.written('GET /products HTTP/1.1')}${inner}`,
    );
    expect(statuses).toEqual([200, 404]);
    expect(requests.reached().map(({ target }) => target)).toEqual(['/products']);
  });

  it('does not give its session to the next request', async () => {
    const second = 'GET /products/second HTTP/1.1\r\nHost: x\r\n\r\n';
    const { statuses } = await sendBytes(
      requests.gateway.server,
      `${requests.written('GET /products/first HTTP/1.1')}${second}`,
    );
    expect(statuses).toEqual([200, 200]);
    const tokens = requests.reached().map(({ headers }) => typeof headers.authorization);
    expect(tokens.sort()).toEqual(['string', 'undefined']);
  });

  it('has a body that ends at its length', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 2'];
    const { statuses } = await sendBytes(
      requests.gateway.server,
      requests.written('POST /orders HTTP/1.1', headers, `{}${inner}`),
    );
    expect(statuses).toEqual([200, 404]);
    expect(requests.reached().map(({ body }) => body)).toEqual(['{}']);
  });
});
