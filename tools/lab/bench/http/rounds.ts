import { cpuSecondsOf } from '../../measure/cpu-time.ts';
import { orderOf } from '../../measure/spread.ts';
import type { BenchSettings } from './settings.ts';
import type { Server, Stage } from './stage.ts';

/** The result of one turn of a row. */
export interface Turn {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Processor time of one request in the server, in microseconds. */
  readonly server: number;
  /** The same in the store of the row; 0 for a row without one. */
  readonly store: number;
}

/** The turns of each row, by its key, in the order of the rounds. */
export type Turns = ReadonlyMap<string, readonly Turn[]>;

/** Turns with the tokens of a fixed set of users, and turns with tokens that are sent once each. */
export interface Measured {
  readonly users: Turns;
  readonly once: Turns;
}

/** The result of autocannon. */
interface Outcome {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p99Ms: number;
}

/** Requests with `count` tokens in turn, from the token `first` of the list on. */
interface Sending {
  readonly first: number;
  readonly count: number;
  readonly requests: number;
}

/** Warms the servers up and gives each a turn in every round, in changing order. */
export async function runRounds(
  stage: Stage,
  { settings, progress, signal }: { settings: BenchSettings; progress: (line: string) => void; signal: AbortSignal },
): Promise<Measured> {
  const { servers } = stage;
  const { users: count, rounds, connections, warmOnceRequests, requests, onceRequests } = settings;
  const users = new Map(servers.map(({ row }): [string, Turn[]] => [row.key, []]));
  const once = new Map(servers.map(({ row }): [string, Turn[]] => [row.key, []]));
  const take = (server: Server, sending: Sending) => takeTurn(stage, server, { ...sending, connections });
  progress('warming up');
  for (const server of servers) {
    signal.throwIfAborted();
    await take(server, { first: 0, count, requests: settings.warmRequests });
    await take(server, { first: count, count: warmOnceRequests, requests: warmOnceRequests });
  }
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}`);
    const first = count + warmOnceRequests + round * onceRequests;
    for (const server of orderOf(servers, round)) {
      signal.throwIfAborted();
      const { key } = server.row;
      await take(server, { first: 0, count, requests: settings.leadRequests });
      users.get(key)?.push(await take(server, { first: 0, count, requests }));
      once.get(key)?.push(await take(server, { first, count: onceRequests, requests: onceRequests }));
    }
  }
  return { users, once };
}

async function takeTurn(stage: Stage, server: Server, sending: Sending & { connections: number }): Promise<Turn> {
  const { row, pid, url } = server;
  const before = { server: cpuSecondsOf(pid), store: await storeSeconds(stage, row.store) };
  const { requests, failed, seconds, p99Ms } = await stage.load.ask<Outcome>({ url, ...sending });
  const after = { server: cpuSecondsOf(pid), store: await storeSeconds(stage, row.store) };
  if (failed > 0 || requests !== sending.requests) {
    throw new Error(`${row.title}: of ${sending.requests} requests ${requests} were answered 200`);
  }
  const each = (part: 'server' | 'store') => ((after[part] - before[part]) * 1e6) / requests;
  return { perSecond: requests / seconds, p99Ms, server: each('server'), store: each('store') };
}

async function storeSeconds({ redis, postgres }: Stage, store: 'redis' | 'postgres' | undefined): Promise<number> {
  if (store === undefined) return 0;
  return store === 'postgres' ? postgres.cpuSeconds() : ((await redis?.read())?.cpuSeconds ?? 0);
}
