import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Ask } from '../measure/answer.ts';
import { answerTo, outcomeOf } from '../measure/answer.ts';
import type { CompareStack } from './compare-stack.ts';
import { loginOutcome } from './login-outcome.ts';

/** How requests went that were sent in one stretch of time: how many of them, by outcome (`200`, `503 unavailable`). */
export type Outcomes = ReadonlyMap<string, number>;

/** What became of a client. */
export interface Outage {
  readonly title: string;
  readonly before: Outcomes;
  readonly during: Outcomes;
  readonly after: Outcomes;
  /** How a new login went while the user app was stopped; absent where that was not tried. */
  readonly login: string | undefined;
}

/** A client that is logged in. */
export interface OutageClient {
  readonly key: string;
  readonly title: string;
  readonly ask: Ask;
  /** Tries to log in anew. */
  readonly logIn?: () => Promise<unknown>;
}

export interface OutageOptions {
  readonly stack: Pick<CompareStack, 'user' | 'startUser'>;
  readonly clients: readonly OutageClient[];
  /** Those that ask from the moment on when the user app is stopped. */
  readonly whenStopped: () => Promise<readonly OutageClient[]>;
  readonly seconds: number;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

const everyMs = 50;
const aroundMs = 1000;
type Stretch = 'before' | 'during' | 'after';

/** Stops the user app for some seconds and starts it again, while every client asks at a steady pace. */
export async function measureOutage(options: OutageOptions): Promise<ReadonlyMap<string, Outage>> {
  const { stack, seconds, tell, signal } = options;
  const clients: OutageClient[] = [];
  const counts = new Map<string, Record<Stretch, Map<string, number>>>();
  const logins = new Map<string, string>();
  const agent = new Agent({ connections: 8 });
  const open = new Set<Promise<void>>();
  let stretch: Stretch | undefined = 'before';

  function join(more: readonly OutageClient[]): void {
    for (const { key } of more) counts.set(key, { before: new Map(), during: new Map(), after: new Map() });
    clients.push(...more);
  }

  async function send({ key, ask }: OutageClient): Promise<void> {
    const sentIn = stretch;
    const outcome = await outcomeOf(answerTo(agent, ask));
    // One that was under way when a stretch began or ended belongs to none.
    const count = sentIn === stretch && sentIn !== undefined ? counts.get(key)?.[sentIn] : undefined;
    count?.set(outcome, (count.get(outcome) ?? 0) + 1);
  }

  join(options.clients);
  const timer = setInterval(() => {
    for (const client of clients) {
      const request = send(client).finally(() => open.delete(request));
      open.add(request);
    }
  }, everyMs);
  try {
    await delay(aroundMs, undefined, { signal });
    stretch = undefined;
    await stack.user().stop();
    tell(`the user app is stopped, for ${seconds} s`);
    join(await options.whenStopped());
    stretch = 'during';
    await delay(seconds * 500, undefined, { signal });
    for (const { key, logIn } of options.clients) {
      if (logIn !== undefined) logins.set(key, await loginOutcome(logIn));
    }
    await delay(seconds * 500, undefined, { signal });
    stretch = undefined;
    await stack.startUser();
    tell('the user app runs again');
    // Whoever lost a connection opens another.
    await delay(aroundMs, undefined, { signal });
    stretch = 'after';
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
