import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import type { Ask } from './answer.ts';
import { answerTo } from './answer.ts';

/** Requests to send: over so many connections, each of which sends its next request when the last is answered. */
export interface Load {
  readonly ask: Omit<Ask, 'headers'>;
  /** The headers of each connection's requests: one connection for each of them. */
  readonly clients: readonly Readonly<Record<string, string>>[];
  /** All of them together send no more than this, evenly spread; as fast as they are answered unless given. */
  readonly perSecond?: number | undefined;
  /** Ends after so many milliseconds, or so many requests. */
  readonly until: { readonly ms: number } | { readonly requests: number };
}

/** What became of it. */
export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds for each request that was answered 200, in no order. */
  readonly times: readonly number[];
  /** The other answers: status, and how often. */
  readonly failures: Readonly<Record<number, number>>;
}

/** Opens a generator of closed-loop load. Its connections are kept from one load to the next. */
export function openLoad(): { run(load: Load): Promise<LoadResult>; close(): Promise<void> } {
  const opened = new Map<string, Client>();

  /** A client of undici's for each connection: a pool would hand out the one that comes free first. */
  function connection(origin: string, index: number): Client {
    const name = `${index} ${origin}`;
    const found = opened.get(name) ?? new Client(origin, { keepAliveTimeout: 60_000 });
    opened.set(name, found);
    return found;
  }

  async function run({ ask, clients, perSecond, until }: Load): Promise<LoadResult> {
    const times: number[] = [];
    const failures: Record<number, number> = {};
    const started = performance.now();
    let sent = 0;
    const mayGoOn = () => ('ms' in until ? performance.now() - started < until.ms : sent < until.requests);
    const sendAll = async (headers: Ask['headers'], index: number) => {
      const client = connection(ask.origin, index);
      const request = { ...ask, headers };
      const everyMs = perSecond === undefined ? 0 : (clients.length * 1000) / perSecond;
      let dueAt = started + (index * everyMs) / clients.length;
      while (mayGoOn()) {
        sent += 1;
        if (dueAt > performance.now()) await delay(dueAt - performance.now());
        dueAt = Math.max(dueAt + everyMs, performance.now());
        const begun = performance.now();
        const { status } = await answerTo(client, request);
        if (status === 200) times.push(performance.now() - begun);
        else failures[status] = (failures[status] ?? 0) + 1;
      }
    };
    await Promise.all(clients.map(sendAll));
    return { seconds: (performance.now() - started) / 1000, times, failures };
  }

  return { run, close: async () => void (await Promise.all([...opened.values()].map((client) => client.close()))) };
}
