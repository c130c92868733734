import type { Metrics } from '@auth/http';
import { Pool } from 'undici';
import { type Breaker, type BreakerOptions, breakerStates, createBreaker } from './breaker.ts';
import { type Bulkhead, type BulkheadOptions, createBulkhead } from './bulkhead.ts';
import { proxyRoutes, type UpstreamName, upstreamNames } from './target.ts';
import { UpstreamFailure, type UpstreamFailureCode, upstreamFailure } from './upstream-failure.ts';

/** One service behind the gateway: its connections, breaker and bulkheads, which keep its failures from the others. */
export interface Upstream {
  readonly pool: Pool;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  /**
   * The bulkhead for routes that are slow by design: many logins take no slots from other routes, and one client not all
   * slots.
   */
  readonly slowBulkhead: Bulkhead;
  readonly slowTimeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
  /** Counts a request without a whole answer of the service, or one that was not sent to protect it. */
  countFailure(code: UpstreamFailureCode | 'breaker_open' | 'pool_full'): void;
}

/** The services behind the gateway. */
export interface Upstreams {
  readonly byName: Readonly<Record<UpstreamName, Upstream>>;
  /** Closes every connection, with the requests on it. */
  close(): Promise<void>;
}

export interface UpstreamsOptions {
  /** The origin of each service, such as `http://product:4002`. */
  readonly origins: Readonly<Record<UpstreamName, string>>;
  /**
   * The most connections to one service. As many requests may wait. Routes that are slow by design have as many of their
   * own.
   */
  readonly connections: number;
  /** The timeout for a connection, for the head of an answer, and between two parts of its body. */
  readonly timeoutMs: number;
  readonly metrics: Metrics;
  readonly breaker?: BreakerOptions;
}

/** The services that have routes that are slow by design. */
const isSlow: ReadonlySet<UpstreamName> = new Set(proxyRoutes.filter(({ slow }) => slow).map(({ service }) => service));
/** The shortest timeout of a route that is slow by design: a login can wait in a queue, and is slowed down on purpose. */
const slowTimeoutMs = 30_000;

/**
 * Returns the bounds of one client at slow routes. Many of its requests may wait, since they do not delay other clients:
 * a whole office may log in from one address.
 */
function slowShare({ slots, waiting }: Pick<BulkheadOptions, 'slots' | 'waiting'>) {
  return { slots: Math.ceil(slots / 8), waiting: Math.ceil(waiting / 2) };
}

/** Opens the services. A connection is made when it is first needed. */
export function openUpstreams(options: UpstreamsOptions): Upstreams {
  const { origins, connections, timeoutMs, metrics, breaker = { failures: 5, openMs: 2000 } } = options;
  const count = metrics.counter(
    'gateway_upstream_failures_total',
    'Requests without a whole answer of a service, by service and code.',
    ['upstream', 'code'],
  );
  const open = (upstream: UpstreamName): Upstream => {
    const bounds = { slots: connections, waiting: connections, waitMs: timeoutMs };
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

/** Checks that a service answers. @throws UpstreamFailure */
async function probe(pool: Pool): Promise<void> {
  try {
    const answer = await pool.request({ path: '/livez', method: 'GET', headersTimeout: probeMs, bodyTimeout: probeMs });
    await answer.body.dump();
  } catch (error) {
    throw upstreamFailure(error) ?? new UpstreamFailure('upstream_failed', 'probe', { cause: error });
  }
}
