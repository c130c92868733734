import { setTimeout as delay } from 'node:timers/promises';
import { mug, type Stack } from '@auth/dev';
import { readStrictHeader } from '@auth/verify';
import { codeIn } from '../measure/answer.ts';
import { logIn, logInAtGateway, post } from '../measure/client.ts';

/** The totals of some traffic. */
export interface TrafficReport {
  readonly requests: number;
  readonly seconds: number;
}

/** The answers of one second. */
export interface Second {
  readonly orders: number;
  readonly reads: number;
  readonly failed: number;
}

/** Requests, one after the other, whose tokens were signed with one algorithm. */
export interface AlgorithmRun {
  readonly alg: string;
  readonly requests: number;
}

/** Traffic that runs until it is stopped. */
export interface Traffic {
  /** Number of failed requests so far, by request and outcome: `POST /orders 502 upstream_failed`. */
  readonly failures: ReadonlyMap<string, number>;
  /** Answers by second, in order. */
  readonly seconds: readonly Second[];
  /** The algorithms of the tokens that were sent, in order. */
  readonly algorithms: readonly AlgorithmRun[];
  stop(): Promise<TrafficReport>;
}

export interface TrafficOptions {
  readonly urls: Stack['urls'];
  readonly perSecond: number;
  /** Time after which the customer logs in again. */
  readonly tokenSeconds: number;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
type Counts = Writable<Second>;

/** One request in twelve places an order; the others read a product. */
const requestsPerOrder = 12;
/** The most pending requests. A service with more does not keep up. */
const maxOpen = 400;

/** Time in which the rate rises: the first requests wait for the compilation of code. */
const risingSeconds = 4;

/** The number of requests that are due after some seconds. */
function dueAfter(seconds: number, perSecond: number): number {
  const rising = Math.min(seconds, risingSeconds);
  return perSecond * (rising ** 2 / (2 * risingSeconds) + seconds - rising);
}

/** Sends orders and reads of products at a steady rate, whether or not earlier ones are answered (open loop). */
export async function startTraffic({ urls, perSecond, tokenSeconds }: TrafficOptions): Promise<Traffic> {
  const failures = new Map<string, number>();
  const stopped = new AbortController();
  const open = new Set<Promise<void>>();
  let token = (await logIn(urls.user)).access_token;
  let sent = 0;
  const seconds: Counts[] = [];
  const algorithms: Writable<AlgorithmRun>[] = [];
  const started = performance.now();

  function count(kind: keyof Counts): void {
    const second = Math.floor((performance.now() - started) / 1000);
    while (seconds.length <= second) seconds.push({ orders: 0, reads: 0, failed: 0 });
    const counts = seconds[second];
    if (counts !== undefined) counts[kind] += 1;
  }

  const read = () => fetch(`${urls.product}/products/${mug.id}`, { headers: { authorization: `Bearer ${token}` } });
  const order = () =>
    post(
      `${urls.order}/orders`,
      { items: [{ productId: mug.id, quantity: 1 }] },
      { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() },
    );

  async function send(): Promise<void> {
    sent += 1;
    countAlgorithm(algorithms, token);
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
      if (!stopped.signal.aborted) token = (await logIn(urls.user)).access_token;
    }
  }

  const running = Promise.all([keepSending(), keepLoggedIn()]);
  return {
    failures,
    seconds,
    algorithms,
    async stop() {
      stopped.abort();
      const lasted = (performance.now() - started) / 1000;
      await running;
      await Promise.all(open);
      return { requests: sent, seconds: lasted };
    },
  };
}

function countAlgorithm(runs: Writable<AlgorithmRun>[], token: string): void {
  const { alg } = readStrictHeader(token, { typ: ['at+jwt'], maxLength: token.length, code: 'invalid_token' });
  const last = runs.at(-1);
  if (last?.alg === alg) last.requests += 1;
  else runs.push({ alg, requests: 1 });
}

/** A browser that reads a product again and again, in one session at the gateway. */
export interface Browser {
  /** Number of failed requests so far, by outcome. */
  readonly failures: ReadonlyMap<string, number>;
  /** Resolves with the number of requests. */
  stop(): Promise<number>;
}

/** Logs in at the gateway once, and sends requests with that cookie until it is stopped. */
export async function startBrowser({ gateway }: Stack['urls'], { everyMs }: { everyMs: number }): Promise<Browser> {
  const cookie = await logInAtGateway(gateway);
  const failures = new Map<string, number>();
  const stopped = new AbortController();
  let requests = 0;

  async function keepReading(): Promise<void> {
    while (!stopped.signal.aborted) {
      const problem = await problemOf(() => fetch(`${gateway}/products/${mug.id}`, { headers: { cookie } }));
      requests += 1;
      const name = `GET /products with a cookie ${problem}`;
      if (problem !== undefined) failures.set(name, (failures.get(name) ?? 0) + 1);
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

/** The failure of a request, as status and code; `undefined` for a 2xx. */
async function problemOf(request: () => Promise<Response>): Promise<string | undefined> {
  try {
    const answer = await request();
    const text = await answer.text();
    return answer.ok ? undefined : `${answer.status} ${codeIn(text)}`;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}
