import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** The result of waiting for a service. */
export type Readiness = 'ready' | 'down' | { notReady: string };

/** An agent that never uses a proxy, for any NODE_USE_ENV_PROXY and HTTP_PROXY (Node 24 and later). */
const agent = new Agent({ keepAlive: false });

/** Polls `url` until it answers 200, the service is down, or the time is over. Rejects when `signal` is aborted. */
export async function waitUntilReady(
  url: string,
  options: { isUp: () => boolean; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Readiness> {
  const { isUp, timeoutMs, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask(url);
    signal?.throwIfAborted();
    // Checked after the answer, since another program may have taken the port of a service that has just ended.
    if (!isUp()) return 'down';
    if (answer === 'HTTP 200') return 'ready';
    if (performance.now() > deadline) return { notReady: answer };
    await delay(50);
  }
}

function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    get(url, { agent, signal: AbortSignal.timeout(2000) }, (response) => {
      response.resume();
      resolve(`HTTP ${response.statusCode}`);
    }).on('error', () => resolve('no answer'));
  });
}
