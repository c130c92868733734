import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@auth/dev';
import { ada, mug } from '@auth/dev';

/** Somebody with a cookie, who looks at a product again and again. */
export interface Browser {
  /** The answers that were no 2xx, so far: how often each. */
  readonly failures: ReadonlyMap<string, number>;
  /** Resolves with the number of requests. */
  stop(): Promise<number>;
}

/** Logs in at the gateway, once, and goes on with that cookie until it is stopped. */
export async function startBrowser({ gateway }: Stack['urls'], { everyMs }: { everyMs: number }): Promise<Browser> {
  const cookie = await logIn(gateway);
  const failures = new Map<string, number>();
  const stopped = new AbortController();
  let requests = 0;

  async function keepReading(): Promise<void> {
    while (!stopped.signal.aborted) {
      const answer = await fetch(`${gateway}/products/${mug.id}`, { headers: { cookie } });
      const text = await answer.text();
      const problem = `GET /products with a cookie ${answer.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`;
      requests += 1;
      if (!answer.ok) failures.set(problem, (failures.get(problem) ?? 0) + 1);
      await delay(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  const reading = keepReading();
  return {
    failures,
    async stop() {
      stopped.abort();
      await reading;
      return requests;
    },
  };
}

async function logIn(gateway: string): Promise<string> {
  const { email, password } = ada;
  const answer = await fetch(`${gateway}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: gateway },
    body: JSON.stringify({ email, password }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`the login at the gateway answered ${answer.status}`);
  return cookie.split(';', 1).join('');
}
