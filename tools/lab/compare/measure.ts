import { createClosers } from '@auth/dev/stack/closers';
import { type Machine, readMachine, versionsOf } from '../measure/page.ts';
import { spreadOf } from '../measure/spread.ts';
import { openCompareStack } from './compare-stack.ts';
import { type LoadGenerator, startLoadGenerator } from './load-generator.ts';
import { type Logout, measureLogouts } from './logout.ts';
import { measureIdle } from './meters.ts';
import { measureOutage, type Outage } from './outage.ts';
import { outageClients } from './outage-clients.ts';
import { runRounds, type Turn, type Turns } from './rounds.ts';
import { openPostgresSessions, openRedisSessions } from './session-store.ts';
import { type ClientsOf, logInClients } from './sessions.ts';
import type { CompareSettings } from './settings.ts';
import { countStoreLoad, type StoreLoad } from './store-load.ts';
import { type Variant, type Variants, variantsOf } from './variants.ts';

/** Everything that one run measures, by the key of the variant. */
export interface Comparison {
  readonly settings: CompareSettings;
  readonly machine: Machine;
  readonly connections: number;
  readonly variants: Variants;
  readonly turns: Turns;
  /** The gateways and the plain proxy, all of them at the same rate of requests. */
  readonly paced: { readonly perSecond: number; readonly turns: Turns };
  readonly storeLoad: ReadonlyMap<string, StoreLoad>;
  readonly logouts: ReadonlyMap<string, readonly Logout[]>;
  readonly outages: ReadonlyMap<string, Outage>;
  /** Bytes of the headers with credentials. */
  readonly credentialBytes: ReadonlyMap<string, number>;
}

export interface MeasureOptions {
  readonly settings: CompareSettings;
  readonly progress: (line: string) => void;
  /** Stops the measurement. All processes are stopped as well. */
  readonly signal: AbortSignal;
}

const connections = 16;
/** Packages whose versions are printed, and the folder that they are installed in. */
const packages = [
  ['apps/gateway', 'express'],
  ['apps/gateway', 'undici'],
  ['packages/http', 'pino'],
  ['packages/verify', 'jsonwebtoken'],
  ['prisma', '@prisma/client'],
  ['prisma', 'pg'],
  ['tools/lab', 'ioredis'],
] as const;

/** Measures everything, on processes and stores that are removed afterwards. */
export async function measureAll({ settings, progress, signal }: MeasureOptions): Promise<Comparison> {
  const closers = createClosers();
  try {
    progress('starting Postgres, the user app, the gateways and the service');
    const stack = await openCompareStack({ redisUrl: settings.redisUrl, closers, signal });
    const { postgres, redis } = stack;
    if (redis === undefined) {
      progress('SKIPPED, no Redis is here: sessions in Redis. Install redis-server, or set REDIS_URL');
    }
    const load = startLoadGenerator(signal);
    closers.add(load.close);
    const inPostgres = await openPostgresSessions(postgres.url('shared'));
    closers.add(inPostgres.close);
    const inRedis = redis && (await openRedisSessions(redis.url));
    if (inRedis !== undefined) closers.add(inRedis.close);

    const variants = variantsOf(stack, { postgres: inPostgres, redis: inRedis });
    const { compared, proxies } = variants;
    const all = [...compared, ...proxies];
    progress('logging in, and warming up');
    const clients = await logInClients(all, { connections, signal });
    await warmUp({ load, variants: all, clients, ms: settings.warmMs });
    const doors = all.flatMap(({ door }) => door ?? []);
    const idle = await measureIdle(stack, { doors, ms: settings.idleMs, signal });
    const common = { stack, load, idle, clients, progress, signal };
    const { rounds, loadSeconds, pacedSeconds, countedRequests } = settings;
    const storeLoad = await countStoreLoad({ ...common, variants: compared, requests: countedRequests });

    const loadMs = (loadSeconds * 1000) / (rounds * all.length);
    const turns = await runRounds({ ...common, rounds, variants: all, turnMs: loadMs });
    const perSecond = paceOf(turns.get('gateway-postgres') ?? []);
    const proxied = all.filter(({ key, door }) => door !== undefined && !key.endsWith('-quiet'));
    const pacedMs = (pacedSeconds * 1000) / (rounds * proxied.length);
    const paced = await runRounds({ ...common, rounds, variants: proxied, perSecond, turnMs: pacedMs });

    const withSessions = compared.filter(({ key }) => key !== 'open');
    const logouts = await measureLogouts({ ...common, variants: withSessions, times: settings.logouts });
    const whoAsks = await outageClients(stack, compared);
    const outages = await measureOutage({ ...common, ...whoAsks, seconds: settings.outageSeconds });
    const versions = versionsOf({ postgres: postgres.version, redis: redis?.version }, packages);
    return {
      settings,
      connections,
      variants,
      turns,
      storeLoad,
      logouts,
      outages,
      paced: { perSecond, turns: paced },
      machine: readMachine(versions),
      credentialBytes: new Map(compared.map((variant) => [variant.key, bytesOf(clients(variant)[0])])),
    };
  } finally {
    await closers.closeAll();
  }
}

/**
 * Loads the processes of all variants, so that their code is compiled when the measurement begins. A process that an earlier
 * variant has loaded gets an eighth of the time for its further routes.
 */
async function warmUp(options: {
  load: LoadGenerator;
  variants: readonly Variant[];
  clients: ClientsOf;
  ms: number;
}): Promise<void> {
  const { load, variants, clients, ms } = options;
  const warm = new Set<string>();
  for (const variant of variants) {
    const { key, origin, path, door } = variant;
    const process = door?.name ?? (key === 'ask-user' ? 'user' : 'shop');
    const until = { ms: warm.has(process) ? ms / 8 : ms };
    warm.add(process);
    await load.run({ ask: { origin, path }, clients: clients(variant), until });
  }
}

/** A third of the rate that the slower gateway reaches, so that no gateway is at its limit. */
function paceOf(turns: readonly Turn[]): number {
  return Math.max(10, Math.round(spreadOf(turns.map(({ perSecond }) => perSecond)).median / 30) * 10);
}

function bytesOf(headers: Readonly<Record<string, string>> = {}): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
}
