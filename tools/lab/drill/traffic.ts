import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@auth/dev';
import { ada, mug } from '@auth/dev';

/** What a run of traffic came to. */
export interface TrafficReport {
  readonly requests: number;
  readonly seconds: number;
}

/** What was answered within one second. */
export interface Second {
  readonly orders: number;
  readonly reads: number;
  readonly failed: number;
}

/** Requests that go on until they are stopped. */
export interface Traffic {
  /** How often each request ended otherwise than with a 2xx, so far: `POST /orders 502 upstream_failed`. */
  readonly failures: ReadonlyMap<string, number>;
  /** By second, the first one first. */
  readonly seconds: readonly Second[];
  stop(): Promise<TrafficReport>;
}

export interface TrafficOptions {
  readonly urls: Stack['urls'];
  readonly perSecond: number;
  /** How long an access token is used before the customer logs in anew. */
  readonly tokenSeconds: number;
}

interface Counts {
  orders: number;
  reads: number;
  failed: number;
}

/** One order for so many requests; the others read a product. */
const requestsPerOrder = 12;
/** Beyond it a service does not keep up, and more requests would tell nothing. */
const maxOpen = 400;

/** So long the pace rises: at the first requests a process still compiles, and those behind them would wait for it. */
const risingSeconds = 4;

/** How many requests are due after so many seconds. */
function dueAfter(seconds: number, perSecond: number): number {
  const rising = Math.min(seconds, risingSeconds);
  return perSecond * (rising ** 2 / (2 * risingSeconds) + seconds - rising);
}

/**
 * Sends orders and reads of products at a steady pace, whether or not the answers keep up with it, as customers do who
 * know nothing of each other.
 */
export async function startTraffic({ urls, perSecond, tokenSeconds }: TrafficOptions): Promise<Traffic> {
  const failures = new Map<string, number>();
  const stopped = new AbortController();
  const open = new Set<Promise<void>>();
  let token = await logIn(urls.user);
  let sent = 0;
  const seconds: Counts[] = [];
  const started = performance.now();

  function count(kind: keyof Counts): void {
    const second = Math.floor((performance.now() - started) / 1000);
    while (seconds.length <= second) seconds.push({ orders: 0, reads: 0, failed: 0 });
    const counts = seconds[second];
    if (counts !== undefined) counts[kind] += 1;
  }

  const read = () => fetch(`${urls.product}/products/${mug.id}`, { headers: { authorization: `Bearer ${token}` } });
  const order = () =>
    fetch(`${urls.order}/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify({ items: [{ productId: mug.id, quantity: 1 }] }),
    });

  async function send(): Promise<void> {
    sent += 1;
    const isOrder = sent % requestsPerOrder === 0;
    const problem = await problemOf(isOrder ? order : read);
    count(problem !== undefined ? 'failed' : isOrder ? 'orders' : 'reads');
    if (problem === undefined) return;
    const name = `${isOrder ? 'POST /orders' : 'GET /products'} ${problem}`;
    failures.set(name, (failures.get(name) ?? 0) + 1);
  }

  async function keepSending(): Promise<void> {
    let due = 0;
    while (!stopped.signal.aborted) {
      const wanted = dueAfter((performance.now() - started) / 1000, perSecond);
      for (; due < wanted && open.size < maxOpen; due += 1) {
        const request = send().finally(() => open.delete(request));
        open.add(request);
      }
      await delay(5);
    }
  }

  async function keepLoggedIn(): Promise<void> {
    while (!stopped.signal.aborted) {
      await delay(tokenSeconds * 1000, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (!stopped.signal.aborted) token = await logIn(urls.user);
    }
  }

  const running = Promise.all([keepSending(), keepLoggedIn()]);
  return {
    failures,
    seconds,
    async stop() {
      stopped.abort();
      const lasted = (performance.now() - started) / 1000;
      await running;
      await Promise.all(open);
      return { requests: sent, seconds: lasted };
    },
  };
}

/** Why a request did not succeed, as status and code. */
async function problemOf(request: () => Promise<Response>): Promise<string | undefined> {
  try {
    const answer = await request();
    const text = await answer.text();
    return answer.ok ? undefined : `${answer.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

/** An access token of a customer. */
export async function logIn(user: string): Promise<string> {
  const { email, password } = ada;
  const answer = await fetch(`${user}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body !== null && 'access_token' in body) return String(body.access_token);
  throw new Error(`the login answered ${answer.status}`);
}
