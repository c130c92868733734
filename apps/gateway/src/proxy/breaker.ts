import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from 'cockatiel';
import { UpstreamFailure } from './upstream-failure.ts';

export const breakerStates = ['closed', 'half_open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it is open before the service is asked again whether it is there. */
  readonly openMs: number;
}

/** Keeps requests from a service that does not answer: they fail at once, and it is left to recover. */
export interface Breaker {
  /**
   * Runs an attempt, unless it is open. Only an `UpstreamFailure` that blames the service counts as a failure; other errors
   * count as nothing. Rejects with BreakerOpen when it is.
   */
  run(attempt: () => Promise<void>): Promise<void>;
  /** @throws BreakerOpen while it is: for what need not be begun then. */
  assertClosed(): void;
  readonly state: BreakerState;
  /** Asks no more. */
  close(): void;
}

/** The attempt was not made. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('breaker open');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Makes a closed breaker. Whether the service is back is found out by a probe of our own: the request of a client would be
 * as slow as that client wants, and everybody would wait for it.
 *
 * @param probe asks the service for anything, and soon gives up. Throws an `UpstreamFailure` when there is no answer
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
      // A probe that fails opens it again, and is told by `onBreak`; one that came too soon is not.
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
