import type { Metrics } from '@auth/http';
import { Pool } from 'undici';
import type { Breaker, BreakerOptions } from './breaker.ts';
import { breakerStates, createBreaker } from './breaker.ts';
import type { Bulkhead, BulkheadOptions } from './bulkhead.ts';
import { createBulkhead } from './bulkhead.ts';
import type { UpstreamName } from './target.ts';
import { proxyRoutes, upstreamNames } from './target.ts';
import type { UpstreamFailureCode } from './upstream-failure.ts';
import { UpstreamFailure, upstreamFailure } from './upstream-failure.ts';

/** One service behind the gateway: its connections, and what keeps its troubles from the others. */
export interface Upstream {
  readonly pool: Pool;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  /** For routes that are slow by design: a rush of logins takes no place from anything else, and one client not all places. */
  readonly slowBulkhead: Bulkhead;
  readonly slowTimeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
  /** Counts a request that the service left without a whole answer, or that was not sent for its sake. */
  countFailure(code: UpstreamFailureCode | 'breaker_open' | 'pool_full'): void;
}

/** The services behind the gateway. */
export interface Upstreams {
  readonly byName: Readonly<Record<UpstreamName, Upstream>>;
  /** Ends every connection, and what still runs on it. */
  close(): Promise<void>;
}

export interface UpstreamsOptions {
  /** Where each service is, such as `http://product:4002`. */
  readonly origins: Readonly<Record<UpstreamName, string>>;
  /**
   * The most connections to one service; as many requests again may wait for one. As many more are for routes that are slow
   * by design.
   */
  readonly connections: number;
  /** How long a service may take to be reached, to begin its answer, and to go on with it. */
  readonly timeoutMs: number;
  readonly metrics: Metrics;
  readonly breaker?: BreakerOptions;
}

/** The services that have routes that are slow by design. */
const isSlow: ReadonlySet<UpstreamName> = new Set(proxyRoutes.filter(({ slow }) => slow).map(({ service }) => service));
/** How long a route that is slow by design may take, at least: a login can wait in a queue, and is slowed down on purpose. */
const slowTimeoutMs = 30_000;

/**
 * What one client may have of the places for slow routes. Who waits because of it keeps no other client waiting, so many
 * may: a whole office logs in from one address.
 */
function slowShare({ places, waiting }: Pick<BulkheadOptions, 'places' | 'waiting'>) {
  return { places: Math.ceil(places / 8), waiting: Math.ceil(waiting / 2) };
}

/** Opens the way to every service. No connection is made before it is needed. */
export function openUpstreams(options: UpstreamsOptions): Upstreams {
  const { origins, connections, timeoutMs, metrics, breaker = { failures: 5, openMs: 2000 } } = options;
  const count = metrics.counter(
    'gateway_upstream_failures_total',
    'Requests that a service did not answer to the end, by service and why.',
    ['upstream', 'code'],
  );
  const open = (upstream: UpstreamName): Upstream => {
    const bounds = { places: connections, waiting: connections, waitMs: timeoutMs };
    const slowMs = Math.max(timeoutMs, slowTimeoutMs);
    const pool = new Pool(origins[upstream], {
      connections: isSlow.has(upstream) ? 2 * connections : connections,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs },
    });
    return {
      pool,
      breaker: createBreaker(breaker, () => probe(pool)),
      bulkhead: createBulkhead(bounds),
      slowBulkhead: createBulkhead({ ...bounds, perClient: slowShare(bounds) }),
      slowTimeouts: { headersTimeout: slowMs, bodyTimeout: slowMs },
      countFailure: (code) => count({ upstream, code }),
    };
  };
  const byName = Object.fromEntries(upstreamNames.map((name) => [name, open(name)])) as Record<UpstreamName, Upstream>;
  metrics.gauges(
    'gateway_upstream_breaker',
    'Whether the circuit breaker of a service is in this state: 1 or 0.',
    ['upstream', 'state'],
    () =>
      upstreamNames.flatMap((upstream) =>
        breakerStates.map((state) => ({
          labels: { upstream, state },
          value: byName[upstream].breaker.state === state ? 1 : 0,
        })),
      ),
  );
  return {
    byName,
    async close() {
      for (const name of upstreamNames) byName[name].breaker.close();
      await Promise.all(upstreamNames.map((name) => byName[name].pool.destroy()));
    },
  };
}

const probeMs = 1000;

/** Whether a service answers at all. @throws UpstreamFailure when it does not */
async function probe(pool: Pool): Promise<void> {
  try {
    const answer = await pool.request({ path: '/livez', method: 'GET', headersTimeout: probeMs, bodyTimeout: probeMs });
    await answer.body.dump();
  } catch (error) {
    throw upstreamFailure(error) ?? new UpstreamFailure('upstream_failed', 'probe', { cause: error });
  }
}
