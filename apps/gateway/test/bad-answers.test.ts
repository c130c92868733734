import { afterEach, describe, expect, it } from '@jest/globals';
import { openProxyHarness, type ProxyHarness } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, sendRaw } from './raw-client.ts';
import { openScriptedService, type ScriptedService } from './scripted-service.ts';

let service: ScriptedService;
let gateway: ProxyHarness;
afterEach(async () => {
  await gateway.close();
  await service.close();
});

/**
 * Opens a gateway in front of a service that answers every request with these bytes, and then closes the connection if
 * asked.
 */
async function inFrontOf(bytes: string, { hangUp = false } = {}): Promise<ProxyHarness> {
  service = await openScriptedService((socket) => {
    socket.write(bytes, 'latin1');
    if (hangUp) socket.end();
  });
  gateway = await openProxyHarness({ origins: service.origins, timeoutMs: 300 });
  return gateway;
}

const request = (method = 'GET', version = '1.1') =>
  `${method} /products HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';

describe('an invalid answer', () => {
  it.each([
    ['not HTTP', 'SSH-2.0-smuggled\r\n\r\n'],
    ['of another version', 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['with Content-Length and Transfer-Encoding', `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
    ['with two Content-Lengths', `${ok}Content-Length: 3\r\n\r\nok`],
    ['with an invalid Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok'],
    ['with a bare CR in a header', `${ok}X-A: b\rSet-Cookie: smuggled\r\n\r\nok`],
    ['with a header that spans lines', `${ok}X-A: b\r\n Set-Cookie: smuggled\r\n\r\nok`],
    ['with a space before a colon', `${ok}X-A : smuggled\r\n\r\nok`],
    ['with a NUL in a header', `${ok}X-A: smuggled\0\r\n\r\nok`],
    [
      'with a coding that is not forwarded',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['with another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\nok'],
    ['without a length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok'],
    ['of HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nok'],
    ['that switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: smuggled\r\n\r\n'],
    ['with a status below 100', 'HTTP/1.1 099 No\r\nContent-Length: 2\r\n\r\nok'],
    ['with the status 0', 'HTTP/1.1 000 No\r\nContent-Length: 2\r\n\r\nok'],
    ['with a status above 599', 'HTTP/1.1 600 No\r\nContent-Length: 2\r\n\r\nok'],
    ['with the status 999', 'HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nok'],
    ['with a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['without a status', 'HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['that switches protocols without Upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['that switches protocols without Upgrade and continues', `HTTP/1.1 101 Switching Protocols\r\n\r\n${ok}\r\nok`],
    ['after a 100 that was not requested', `HTTP/1.1 100 Continue\r\n\r\n${ok}\r\nok`],
    ['after 1000 interim answers', `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)}${ok}\r\nok`],
    ['with two Content-Lengths that are equal', `${ok}Content-Length: 2\r\n\r\nok`],
    ['with a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok'],
    ['with a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
    ['with a control character in a header', `${ok}X-A: smuggled\x01\r\n\r\nok`],
    ['with a header without a name', `${ok}: smuggled\r\n\r\nok`],
    ['with an invalid header name', `${ok}X A: smuggled\r\n\r\nok`],
    ['without any byte', ''],
    ['with headers over 16 KB', `${ok}X-A: ${'smuggled'.repeat(2100)}\r\n\r\nok`],
    ['that ends in its head', `${ok}X-Smuggled`],
  ])('%s becomes a 502', async (_case, bytes) => {
    const { port, requestLine } = await inFrontOf(bytes, { hangUp: true });
    const [answer, ...others] = await sendRaw(port, request());
    expect(others).toEqual([]);
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([502, 'upstream_failed']);
    expect(JSON.stringify([...(answer?.headers ?? [])]) + answer?.body).not.toMatch(/smuggled/i);
    expect(await requestLine()).toMatchObject({ status: 502, code: 'upstream_failed', upstream: 'product' });
    expect(await requestLine()).toHaveProperty('reason');
  });

  it.each([
    ['a status below 100', 'HTTP/1.1 099 No\r\nContent-Length: 2\r\n\r\nok'],
    ['a status above 599', 'HTTP/1.1 600 No\r\nContent-Length: 2\r\n\r\nok'],
    ['a protocol switch that was not requested', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['interim answers without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)],
  ])('with %s counts for the breaker, and is logged once', async (_case, bytes) => {
    service = await openScriptedService((socket) => socket.end(bytes, 'latin1'));
    gateway = await openProxyHarness({ origins: service.origins, breaker: { failures: 2, openMs: 60_000 } });
    const codes: unknown[] = [];
    for (let times = 0; times < 3; times += 1) {
      const [answer] = await sendRaw(gateway.port, request('POST'));
      codes.push([answer?.status, JSON.parse(answer?.body ?? '').code]);
    }
    expect(codes).toEqual([...Array(2).fill([502, 'upstream_failed']), [503, 'unavailable']]);
    expect(gateway.lines().filter(({ method }) => method === 'POST')).toHaveLength(3);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([
      '{upstream="product",code="breaker_open"} 1',
      '{upstream="product",code="upstream_failed"} 2',
    ]);
  });

  it('with endless interim answers becomes a 502', async () => {
    let timer: NodeJS.Timeout | undefined;
    service = await openScriptedService((socket) => {
      timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
    });
    gateway = await openProxyHarness({ origins: service.origins, timeoutMs: 300 });
    const [answer] = await sendRaw(gateway.port, request('POST'));
    clearInterval(timer);
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([502, 'upstream_failed']);
  });

  it.each([
    ['304 with a length', 304, 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 40\r\n\r\n'],
    ['204 with a length', 204, 'HTTP/1.1 204 No Content\r\nETag: "1"\r\nContent-Length: 2\r\n\r\nok'],
    ['204 with chunks', 204, 'HTTP/1.1 204 No Content\r\nETag: "1"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('without content is forwarded without content: %s', async (_case, status, bytes) => {
    const { port, samples } = await inFrontOf(bytes);
    const socket = await openSocket(port);
    socket.write(request());
    const text = await readToEnd(socket);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*ETag: "1"\r\n[\\s\\S]*\r\n\r\n$`));
    expect(await samples('gateway_upstream_failures_total')).toEqual([]);
  });

  it('to HEAD with content is forwarded without it', async () => {
    const { port } = await inFrontOf(`${ok}\r\nok`);
    const socket = await openSocket(port);
    socket.write(request('HEAD'));
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 .*Content-Length: 2\r\n.*\r\n\r\n$/s);
  });

  it('that refuses the token of a session and cannot be forwarded becomes a 502', async () => {
    const { port } = await inFrontOf('HTTP/1.1 401 No\r\nConnection: close\r\n\r\nno', { hangUp: true });
    const [answer] = await sendRaw(port, request().replace('\r\n\r\n', '\r\nCookie: session=1\r\n\r\n'));
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([502, 'upstream_failed']);
  });

  it('with bytes after its end does not answer the next request', async () => {
    const { port } = await inFrontOf(`${ok}\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled`);
    for (const count of [1, 2, 3]) {
      expect(await sendRaw(port, request())).toMatchObject([{ status: 200, body: 'ok' }]);
      expect(service.connections()).toBe(count);
    }
  });

  it('with status 103 is not taken for the answer', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nSet-Cookie: smuggled\r\nLink: </x>\r\n\r\n';
    const { port } = await inFrontOf(`${early}${ok}\r\nok`);
    const [answer] = await sendRaw(port, request());
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    expect(answer?.headers.has('set-cookie')).toBe(false);
  });
});

describe('an answer that breaks off', () => {
  const half = `${ok.replace(': 2', ': 9')}\r\nhalf`;
  const halfChunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';

  it.each([
    ['before its length is reached', half],
    ['between two chunks', halfChunked],
    ['in a chunk', `${halfChunked}9\r\nmo`],
    ['in an invalid chunk size', `${halfChunked}smuggled\r\n`],
  ])('%s is not complete for the client', async (_case, bytes) => {
    const { port, requestLine } = await inFrontOf(bytes, { hangUp: true });
    const socket = await openSocket(port);
    socket.write(request());
    const text = await readToEnd(socket);
    expect(() => parseAnswers(text)).toThrow('missing');
    expect(await requestLine()).toMatchObject({ level: 'error', aborted: true, code: 'upstream_failed' });
    expect(String((await requestLine())['reason'])).toMatch(/^broke off: /);
  });

  it('resets the connection of an HTTP/1.0 client, for which the end of the connection ends the answer', async () => {
    const { port } = await inFrontOf(halfChunked, { hangUp: true });
    const socket = await openSocket(port);
    let reset: unknown;
    socket.on('error', (error) => {
      reset = error;
    });
    socket.write(request('GET', '1.0'));
    await readToEnd(socket);
    expect(reset).toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends the connection when its rest does not come in time', async () => {
    const { port, requestLine, samples } = await inFrontOf(half);
    const socket = await openSocket(port);
    socket.write(request());
    await readToEnd(socket);
    expect(await requestLine()).toMatchObject({ aborted: true, code: 'upstream_timeout' });
    expect(await samples('gateway_upstream_failures_total')).toEqual([
      '{upstream="product",code="upstream_timeout"} 1',
    ]);
  });
});
