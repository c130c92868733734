import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { type Ask, answerTo } from './answer.ts';

/** Closed-loop load: each connection sends its next request when the last is answered. */
export interface Load {
  readonly ask: Omit<Ask, 'headers'>;
  /** Headers by connection: one connection for each entry. */
  readonly clients: readonly Readonly<Record<string, string>>[];
  /** Requests a second of all connections together, evenly spread; without it, as fast as they are answered. */
  readonly perSecond?: number | undefined;
  /** Ends after this time or this number of requests. */
  readonly until: { readonly ms: number } | { readonly requests: number };
}

/** The result of a load. */
export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds of each request that was answered 200, in no order. */
  readonly times: readonly number[];
  /** Number of the other answers, by status. */
  readonly failures: Readonly<Record<number, number>>;
}

/** Opens a generator of closed-loop load. Connections are kept from one load to the next. */
export function openLoad(): { run(load: Load): Promise<LoadResult>; close(): Promise<void> } {
  const opened = new Map<string, Client>();

  /** One undici `Client` for each connection: a pool would choose the connection that is free first. */
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
    const isRunning = () => ('ms' in until ? performance.now() - started < until.ms : sent < until.requests);
    const sendAll = async (headers: Ask['headers'], index: number) => {
      const client = connection(ask.origin, index);
      const request = { ...ask, headers };
      const everyMs = perSecond === undefined ? 0 : (clients.length * 1000) / perSecond;
      let dueAt = started + (index * everyMs) / clients.length;
      while (isRunning()) {
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
