import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { type Ask, answerTo, loginOutcome, outcomeOf } from '../measure/answer.ts';
import type { CompareStack } from './compare-stack.ts';

/** Number of requests of a period, by outcome (`200`, `503 unavailable`). */
export type Outcomes = ReadonlyMap<string, number>;

/** The requests of a client before, during and after the outage. */
export interface Outage {
  readonly title: string;
  readonly before: Outcomes;
  readonly during: Outcomes;
  readonly after: Outcomes;
  /** Outcome of a new login during the outage; absent where none was tried. */
  readonly login: string | undefined;
}

/** A client that is logged in. */
export interface OutageClient {
  readonly key: string;
  readonly title: string;
  readonly ask: Ask;
  /** Logs in once more. */
  readonly logIn?: () => Promise<unknown>;
}

export interface OutageOptions {
  readonly stack: Pick<CompareStack, 'user' | 'startUser'>;
  readonly clients: readonly OutageClient[];
  /** Clients that start when the user app is stopped. */
  readonly whenStopped: () => Promise<readonly OutageClient[]>;
  readonly seconds: number;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

const everyMs = 50;
const aroundMs = 1000;
type Period = 'before' | 'during' | 'after';

/** Stops the user app for some seconds and starts it again, while every client sends requests at a steady rate. */
export async function measureOutage(options: OutageOptions): Promise<ReadonlyMap<string, Outage>> {
  const { stack, seconds, progress, signal } = options;
  const clients: OutageClient[] = [];
  const counts = new Map<string, Record<Period, Map<string, number>>>();
  const logins = new Map<string, string>();
  const agent = new Agent({ connections: 8 });
  const open = new Set<Promise<void>>();
  let period: Period | undefined = 'before';

  function addClients(more: readonly OutageClient[]): void {
    for (const { key } of more) counts.set(key, { before: new Map(), during: new Map(), after: new Map() });
    clients.push(...more);
  }

  async function send({ key, ask }: OutageClient): Promise<void> {
    const sentIn = period;
    const outcome = await outcomeOf(answerTo(agent, ask));
    // A request that was pending at the start or end of a period belongs to none.
    const count = sentIn === period && sentIn !== undefined ? counts.get(key)?.[sentIn] : undefined;
    count?.set(outcome, (count.get(outcome) ?? 0) + 1);
  }

  addClients(options.clients);
  const timer = setInterval(() => {
    for (const client of clients) {
      const request = send(client).finally(() => open.delete(request));
      open.add(request);
    }
  }, everyMs);
  try {
    await delay(aroundMs, undefined, { signal });
    period = undefined;
    await stack.user().stop();
    progress(`the user app is stopped, for ${seconds} s`);
    addClients(await options.whenStopped());
    period = 'during';
    await delay(seconds * 500, undefined, { signal });
    for (const { key, logIn } of options.clients) {
      if (logIn !== undefined) logins.set(key, await loginOutcome(logIn));
    }
    await delay(seconds * 500, undefined, { signal });
    period = undefined;
    await stack.startUser();
    progress('the user app runs again');
    // Time for pools to open new connections.
    await delay(aroundMs, undefined, { signal });
    period = 'after';
    await delay(aroundMs, undefined, { signal });
  } finally {
    clearInterval(timer);
    await Promise.all(open);
    await agent.close();
  }
  const none = { before: new Map(), during: new Map(), after: new Map() };
  return new Map(
    clients.map(({ key, title }) => [key, { title, ...(counts.get(key) ?? none), login: logins.get(key) }]),
  );
}
