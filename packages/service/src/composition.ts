import type { Audit, ConnectionLimits, Log, Metrics, Readiness, Service } from '@auth/http';
import type { AccessTokenVerifier, ServiceTokenVerifier } from '@auth/verify';

/**
 * The parts that the `app.ts` of every service needs. `openService` opens the real ones, `openTestService` those of a
 * test.
 */
export interface AppParts {
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** Verifies users' access tokens. */
  readonly verify: AccessTokenVerifier;
  /** Verifies the service tokens of calls from other services. */
  readonly calls: ServiceTokenVerifier;
  /** Records every decision about another service's call. */
  readonly audit: Audit;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/** The result of a service's `compose.ts`: its app and its background work. */
export interface Composition {
  readonly app: Service['app'];
  /** Starts the background work. `close` stops it, before the parts that it uses are closed. */
  startBackground?(): { close(): Promise<void> };
  /** Additional entries of `/readyz?verbose`, besides the checks and the keys. */
  details?(): Readonly<Record<string, unknown>>;
  /** Limits of a connection. */
  readonly limits?: ConnectionLimits;
}
