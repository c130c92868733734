import { afterEach, describe, expect, it } from '@jest/globals';
import { openProxyHarness, type ProxyHarness, type ProxyHarnessOptions } from './proxy-harness.ts';
import { type RawAnswer, sendRaw } from './raw-client.ts';
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

async function send(target = '/products', method = 'GET', ...rest: string[]): Promise<RawAnswer | undefined> {
  const head = [`${method} ${target} HTTP/1.1`, 'Host: a', 'Connection: close', ...rest];
  const [answer] = await sendRaw(gateway.port, `${head.join('\r\n')}\r\n\r\n`);
  return answer;
}

function codeOf(answer: RawAnswer | undefined): [status: number | undefined, code: string | undefined] {
  const isProblem = answer?.headers.get('content-type') === 'application/problem+json';
  return [answer?.status, isProblem ? JSON.parse(answer?.body ?? '').code : undefined];
}

describe('the breaker of a service', () => {
  const breaker = { failures: 3, openMs: 150 };
  const stateOf = async () =>
    (await gateway.samples('gateway_upstream_breaker')).filter((sample) => sample.includes('product'));
  const opened = ['{upstream="product",state="open"} 1'];
  const closed = ['{upstream="product",state="closed"} 1'];

  it('opens after a number of failures in a row, and closes when its probe is answered', async () => {
    let well = false;
    await open((socket) => (well ? socket.write(ok) : socket.destroy()), { breaker });
    for (let count = 0; count < 3; count += 1) {
      expect(await stateOf()).toEqual(closed);
      expect(codeOf(await send('/products', 'POST'))).toEqual([502, 'upstream_failed']);
    }
    expect(await stateOf()).toEqual(opened);
    const refused = await send('/products', 'POST');
    expect(codeOf(refused)).toEqual([503, 'unavailable']);
    expect(refused?.headers.get('retry-after')).toBe('1');
    well = true;
    while ((await stateOf())[0] !== closed[0]) await new Promise(setImmediate);
    expect(codeOf(await send('/products', 'POST'))).toEqual([200, undefined]);
  });

  it('stays open while its probe is not answered, and lets no request through', async () => {
    await open((socket) => socket.destroy(), { breaker });
    for (let count = 0; count < 3; count += 1) await send('/products', 'POST');
    await requestsReach(4);
    while ((await stateOf())[0] !== opened[0]) await new Promise(setImmediate);
    expect(codeOf(await send('/products', 'POST'))).toEqual([503, 'unavailable']);
    expect(
      service.requests
        .slice(3)
        .map((request) => JSON.stringify(request))
        .join(),
    ).toContain('/livez');
  });

  it.each([500, 502, 503, 504, 400, 401, 429])(
    'stays closed when the service answers %i many times',
    async (status) => {
      await open((socket) => socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`), { breaker });
      for (let count = 0; count < 6; count += 1) expect((await send('/products', 'POST'))?.status).toBe(status);
      expect(await stateOf()).toEqual(closed);
    },
  );

  it('does not count failures with an answer in between', async () => {
    await open((socket) => (service.requests.length % 3 === 0 ? socket.write(ok) : socket.destroy()), { breaker });
    for (let sent = 0; sent < 12; sent += 1) await send('/products', 'POST');
    expect(service.requests).toHaveLength(12);
    expect(await stateOf()).toEqual(closed);
  });

  it('counts timeouts', async () => {
    await open(() => undefined, { breaker: { failures: 1, openMs: 60_000 }, timeoutMs: 100 });
    await send();
    expect(await stateOf()).toEqual(opened);
  });

  async function requestsReach(count: number): Promise<void> {
    while (service.requests.length < count) await new Promise(setImmediate);
  }
});
