import type { Audit, ConnectionLimits, Log, Metrics, Readiness, Service } from '@auth/http';
import type { AccessTokenVerifier, ServiceTokenVerifier } from '@auth/verify';

/** What the `app.ts` of every service needs. `openService` opens the real parts, `openTestService` those of a test. */
export interface AppParts {
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** Verifies users' access tokens. */
  readonly verify: AccessTokenVerifier;
  /** Verifies service tokens, of other services' calls. */
  readonly calls: ServiceTokenVerifier;
  /** Records every decision about another service's call. */
  readonly audit: Audit;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/** What the `compose.ts` of a service returns: its app, and its work beside requests. */
export interface Composition {
  readonly app: Service['app'];
  /** Starts the background work. It is closed before the parts that it uses. */
  startBackground?(): { close(): Promise<void> };
  /** More entries for `/readyz?verbose`, beside the checks and the keys. */
  details?(): Readonly<Record<string, unknown>>;
  /** What a connection may take. */
  readonly limits?: ConnectionLimits;
}
