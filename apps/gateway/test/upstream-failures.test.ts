import { closedUrl } from '@auth/testkit/callee';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openProxyHarness, type ProxyHarness, type ProxyHarnessOptions } from './proxy-harness.ts';
import { openSocket, type RawAnswer, readToEnd, sendRaw } from './raw-client.ts';
import { openScriptedService, type ScriptedService } from './scripted-service.ts';

type Script = Parameters<typeof openScriptedService>[0];

let service: ScriptedService;
let gateway: ProxyHarness;
afterEach(async () => {
  await gateway.close();
  await service.close();
});

async function open(script: Script, options: Partial<ProxyHarnessOptions> = {}): Promise<void> {
  service = await openScriptedService(script);
  gateway = await openProxyHarness({ origins: service.origins, ...options });
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const answerOk: Script = (socket) => socket.write(ok);

async function send(target = '/products', method = 'GET', ...rest: string[]): Promise<RawAnswer | undefined> {
  const head = [`${method} ${target} HTTP/1.1`, 'Host: a', 'Connection: close', ...rest];
  const [answer] = await sendRaw(gateway.port, `${head.join('\r\n')}\r\n\r\n`);
  return answer;
}

function codeOf(answer: RawAnswer | undefined): [status: number | undefined, code: string | undefined] {
  const isProblem = answer?.headers.get('content-type') === 'application/problem+json';
  return [answer?.status, isProblem ? JSON.parse(answer?.body ?? '').code : undefined];
}

describe('a service that cannot be reached', () => {
  it('causes a 503 with Retry-After, and does not affect the others', async () => {
    service = await openScriptedService(answerOk);
    gateway = await openProxyHarness({ origins: { ...service.origins, order: await closedUrl() } });
    for (let count = 0; count < 10; count += 1) {
      const answer = await send('/orders');
      expect(codeOf(answer)).toEqual([503, 'unavailable']);
      expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await send('/products')).toMatchObject({ status: 200, body: 'ok' });
      expect(await send('/auth/login')).toMatchObject({ status: 200, body: 'ok' });
    }
    expect(await gateway.samples('gateway_upstream_breaker')).toEqual([
      '{upstream="order",state="open"} 1',
      '{upstream="product",state="closed"} 1',
      '{upstream="user",state="closed"} 1',
    ]);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([
      '{upstream="order",code="breaker_open"} 5',
      '{upstream="order",code="unavailable"} 5',
    ]);
  });

  it('causes a 503 when its name is unknown', async () => {
    service = await openScriptedService(answerOk);
    gateway = await openProxyHarness({ origins: { ...service.origins, order: 'http://order.invalid' } });
    expect(codeOf(await send('/orders'))).toEqual([503, 'unavailable']);
  });

  it('is named in the log, with the reason', async () => {
    service = await openScriptedService(answerOk);
    gateway = await openProxyHarness({ origins: { ...service.origins, order: await closedUrl() } });
    await send('/orders/1?secret=1', 'GET', 'X-Request-Id: r1');
    expect(gateway.lines()).toMatchObject([
      { level: 'warn', msg: 'request failed', code: 'unavailable', reason: 'ECONNREFUSED', requestId: 'r1' },
      { level: 'warn', path: '/orders/1', status: 503, upstream: 'order', reason: 'ECONNREFUSED', requestId: 'r1' },
    ]);
    expect(await gateway.samples('http_requests_total')).toEqual(['{method="GET",route="/orders/*",status="503"} 1']);
  });
});

describe('a slow service', () => {
  it('causes a 504', async () => {
    await open(() => undefined, { timeoutMs: 100 });
    expect(codeOf(await send())).toEqual([504, 'upstream_timeout']);
    expect(await gateway.requestLine()).toMatchObject({ reason: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(service.requests).toHaveLength(1);
  });

  it('causes a 503 when all slots are taken and the queue is full', async () => {
    const held: Parameters<Script>[0][] = [];
    await open((socket) => held.push(socket), { connections: 2 });
    const answers = Array.from({ length: 5 }, () => send());
    expect(codeOf(await Promise.race(answers))).toEqual([503, 'unavailable']);
    for (let served = 0; served < 4; served += 1) {
      while (held.length === 0) await new Promise(setImmediate);
      held.shift()?.write(ok);
    }
    const statuses = (await Promise.all(answers)).map((answer) => answer?.status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 503]);
    expect(service.connections()).toBe(2);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([
      '{upstream="product",code="pool_full"} 1',
    ]);
  });

  it('causes a 503 when no slot becomes free in time', async () => {
    await open((socket, { head }) => head.includes('/fast') && socket.write(ok), { connections: 1, timeoutMs: 200 });
    const answers = await Promise.all([send('/products/slow'), send('/products/fast')]);
    expect(answers.map((answer) => codeOf(answer))).toEqual([
      [504, 'upstream_timeout'],
      [503, 'unavailable'],
    ]);
  });
});

describe('a kept connection that the service has closed', () => {
  /**
   * Answers the first request of each connection and closes it at the second, as a service does with an idle connection.
   */
  const hangUpOnSecond: Script = (socket, { onConnection }) => (onConnection > 1 ? socket.destroy() : socket.write(ok));

  it.each(['GET', 'HEAD'])('causes a retry of %s on another connection', async (method) => {
    await open(hangUpOnSecond, { connections: 1 });
    expect(codeOf(await send())).toEqual([200, undefined]);
    const socket = await openSocket(gateway.port);
    socket.write(`${method} /products/again HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(service.requests).toHaveLength(3);
    expect(service.connections()).toBe(2);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
  });

  it.each(['POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])('causes no retry of %s', async (method) => {
    await open(hangUpOnSecond, { connections: 1 });
    await send();
    expect(codeOf(await send('/products/once', method))).toEqual([502, 'upstream_failed']);
    expect(service.requests).toHaveLength(2);
  });

  it('causes no retry of GET with a body', async () => {
    await open(hangUpOnSecond, { connections: 1 });
    await send();
    const head = 'GET /products HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n';
    const [answer] = await sendRaw(gateway.port, `${head}{}`);
    expect(codeOf(answer)).toEqual([502, 'upstream_failed']);
    expect(service.requests).toHaveLength(2);
  });

  it('causes one retry at most', async () => {
    await open((socket) => socket.destroy());
    expect(codeOf(await send())).toEqual([502, 'upstream_failed']);
    expect(service.requests).toHaveLength(2);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([
      '{upstream="product",code="upstream_failed"} 1',
    ]);
  });
});
