import { createClosers } from '@auth/dev/stack/closers';
import { readMachine } from '../measure/machine.ts';
import { spreadOf } from '../measure/spread.ts';
import { bytesOf, logInClients } from './clients.ts';
import { openCompareStack } from './compare-stack.ts';
import type { Comparison } from './comparison.ts';
import { measureIdle } from './idle.ts';
import { startLoadGenerator } from './load-generator.ts';
import { measureLogouts } from './logout.ts';
import { measureOutage } from './outage.ts';
import { outageClients } from './outage-clients.ts';
import type { Turn } from './rounds.ts';
import { runRounds } from './rounds.ts';
import { openPostgresSessions, openRedisSessions } from './session-store.ts';
import type { CompareSettings } from './settings.ts';
import { countStoreLoad } from './store-load.ts';
import { variantsOf } from './variants.ts';
import { warmUp } from './warm-up.ts';

export interface MeasureOptions {
  readonly settings: CompareSettings;
  /** Told what is going on. */
  readonly tell: (line: string) => void;
  /** Gives up: nothing of it is left running. */
  readonly signal: AbortSignal;
}

const connections = 16;

/** Measures everything, on processes and stores that are gone afterwards. */
export async function measureAll({ settings, tell, signal }: MeasureOptions): Promise<Comparison> {
  const closers = createClosers();
  try {
    tell('starting Postgres, the user app, the gateways and the service');
    const stack = await openCompareStack({ redisUrl: settings.redisUrl, closers, signal });
    const { postgres, redis } = stack;
    if (redis === undefined) {
      tell('SKIPPED, no Redis is here: sessions in Redis. Install redis-server, or set REDIS_URL to one that listens');
    }
    const load = await startLoadGenerator(signal);
    closers.add(load.close);
    const inPostgres = await openPostgresSessions(postgres.url('shared'));
    closers.add(inPostgres.close);
    const inRedis = redis && (await openRedisSessions(redis.url));
    if (inRedis !== undefined) closers.add(inRedis.close);

    const variants = variantsOf(stack, { postgres: inPostgres, redis: inRedis });
    const { compared, proxies } = variants;
    const all = [...compared, ...proxies];
    tell('logging in, and getting warm');
    const clientsOf = await logInClients(all, { connections, signal });
    await warmUp({ load, variants: all, clients: clientsOf, ms: settings.warmMs });
    const doors = all.flatMap(({ door }) => door ?? []);
    const idle = await measureIdle(stack, { doors, ms: settings.idleMs, signal });
    const common = { stack, load, idle, tell, signal };
    const storeLoad = await countStoreLoad({
      ...common,
      variants: compared,
      clients: clientsOf,
      requests: settings.countedRequests,
    });

    const { rounds, loadSeconds, pacedSeconds } = settings;
    const inRounds = { ...common, clients: clientsOf, rounds };
    const turns = await runRounds({ ...inRounds, variants: all, turnMs: (loadSeconds * 1000) / (rounds * all.length) });
    const perSecond = paceOf(turns.get('gateway-postgres') ?? []);
    const proxied = all.filter(({ key, door }) => door !== undefined && !key.endsWith('-quiet'));
    const pacedMs = (pacedSeconds * 1000) / (rounds * proxied.length);
    const paced = await runRounds({ ...inRounds, variants: proxied, perSecond, turnMs: pacedMs });

    const withSessions = compared.filter(({ key }) => key !== 'open');
    const logouts = await measureLogouts({ ...common, variants: withSessions, times: settings.logouts });
    const outages = await measureOutage({
      ...{ ...common, seconds: settings.outageSeconds },
      ...(await outageClients(stack, compared)),
    });
    return {
      ...{ settings, connections, variants, turns, storeLoad, logouts, outages },
      paced: { perSecond, turns: paced },
      machine: readMachine({ postgres: postgres.version, redis: redis?.version }),
      credentialBytes: new Map(compared.map((variant) => [variant.key, bytesOf(clientsOf(variant)[0])])),
    };
  } finally {
    await closers.closeAll();
  }
}

/** A third of what the slower gateway can do, so that none of them is at its limit. */
function paceOf(turns: readonly Turn[]): number {
  return Math.max(10, Math.round(spreadOf(turns.map(({ perSecond }) => perSecond)).median / 30) * 10);
}
