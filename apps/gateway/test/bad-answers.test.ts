import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProxyHarness } from './proxy-harness.ts';
import { openProxyHarness } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, sendRaw } from './raw-client.ts';
import type { ScriptedService } from './scripted-service.ts';
import { openScriptedService } from './scripted-service.ts';

let service: ScriptedService;
let gateway: ProxyHarness;
afterEach(async () => {
  await gateway.close();
  await service.close();
});

/** A gateway in front of a service that answers everything with these bytes, and then hangs up if told to. */
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

describe('an answer that is none', () => {
  it.each([
    ['not HTTP', 'SSH-2.0-smuggled\r\n\r\n'],
    ['of another version', 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['with Content-Length and Transfer-Encoding', `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
    ['with two Content-Lengths', `${ok}Content-Length: 3\r\n\r\nok`],
    ['with a Content-Length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok'],
    ['with a bare CR in a header', `${ok}X-A: b\rSet-Cookie: smuggled\r\n\r\nok`],
    ['with a header that spans lines', `${ok}X-A: b\r\n Set-Cookie: smuggled\r\n\r\nok`],
    ['with a space before a colon', `${ok}X-A : smuggled\r\n\r\nok`],
    ['with a NUL in a header', `${ok}X-A: smuggled\0\r\n\r\nok`],
    [
      'with a coding that is not passed on',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['with another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\nok'],
    ['without a length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok'],
    ['of HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nok'],
    ['that switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: smuggled\r\n\r\n'],
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

  it('that refuses the token of a session and cannot be passed on becomes a 502', async () => {
    const { port } = await inFrontOf('HTTP/1.1 401 No\r\nConnection: close\r\n\r\nno', { hangUp: true });
    const [answer] = await sendRaw(port, request().replace('\r\n\r\n', '\r\nCookie: session=1\r\n\r\n'));
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([502, 'upstream_failed']);
  });

  it('is not taken for the answer to the next request', async () => {
    const { port } = await inFrontOf(`${ok}\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled`);
    for (const count of [1, 2, 3]) {
      expect(await sendRaw(port, request())).toMatchObject([{ status: 200, body: 'ok' }]);
      expect(service.connections()).toBe(count);
    }
  });

  it('does not take what is no answer yet for one', async () => {
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
  ])('%s does not look whole', async (_case, bytes) => {
    const { port, requestLine } = await inFrontOf(bytes, { hangUp: true });
    const socket = await openSocket(port);
    socket.write(request());
    const text = await readToEnd(socket);
    expect(() => parseAnswers(text)).toThrow('missing');
    expect(await requestLine()).toMatchObject({ level: 'error', aborted: true, code: 'upstream_failed' });
    expect(String((await requestLine())['reason'])).toMatch(/^broke off: /);
  });

  it('resets the connection of a client that would take its end for the end of the answer', async () => {
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

  it('is cut when nothing more comes in time', async () => {
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
