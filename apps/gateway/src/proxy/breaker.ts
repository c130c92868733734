import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from 'cockatiel';
import { UpstreamFailure } from './upstream-failure.ts';

export const breakerStates = ['closed', 'half_open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export interface BreakerOptions {
  /** The number of failures in a row that opens the breaker. */
  readonly failures: number;
  /** The time until an open breaker probes the service. */
  readonly openMs: number;
}

/** Keeps requests away from a service that does not answer: they fail at once, and the service can recover. */
export interface Breaker {
  /**
   * Runs an attempt. Only an `UpstreamFailure` with `blames` counts as a failure; other errors do not count. Rejects with
   * BreakerOpen while the breaker is open.
   */
  run(attempt: () => Promise<void>): Promise<void>;
  /** Throws while the breaker is open, before work that would be useless. @throws BreakerOpen */
  assertClosed(): void;
  readonly state: BreakerState;
  /** Stops probing. */
  close(): void;
}

/** The error of an attempt that was not made because the breaker is open. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('breaker open');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Creates a closed breaker. A request of its own probes whether the service is back: a request of a client would be as
 * slow as that client wants, and all others would wait for it.
 *
 * @param probe sends a request with a short timeout. Rejects with an `UpstreamFailure` when there is no answer
 */
export function createBreaker({ failures, openMs }: BreakerOptions, probe: () => Promise<void>): Breaker {
  const breaker = new ConsecutiveBreaker(failures);
  const policy = circuitBreaker(
    handleType(UpstreamFailure, ({ blames }) => blames),
    { halfOpenAfter: openMs, breaker },
  );
  let timer: NodeJS.Timeout | undefined;

  function probeLater(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A probe that fails opens the breaker again, which calls `onBreak`; one that came too early does not.
      policy.execute(probe).catch((error: unknown) => {
        if (error instanceof BrokenCircuitError) probeLater();
      });
    }, openMs).unref();
  }

  policy.onBreak(probeLater);
  const assertClosed = () => {
    if (policy.state !== CircuitState.Closed) throw new BreakerOpen(openMs / 1000);
  };
  return {
    async run(attempt) {
      assertClosed();
      await policy.execute(attempt);
    },
    assertClosed,
    get state() {
      return stateNames[policy.state];
    },
    close: () => clearTimeout(timer),
  };
}

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};
