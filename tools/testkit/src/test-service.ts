import { createSecretKey, randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { databaseNames } from '@auth/dev/stack/services';
import {
  auditCalls,
  createLog,
  createMetrics,
  createOpenApi,
  createReadiness,
  createUserHash,
  type Routes,
} from '@auth/http';
import { type AppParts, createCallVerifier, createUserTokenVerifier } from '@auth/service';
import { createSingleUseStore, type PublicKeys, type Revocations } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { type Decision, recordDecisions, serveApp } from './guarded-app.ts';
import { checkResponses } from './response-check.ts';
import { createRunEdges, type RunEdges } from './run-edges.ts';
import { openRunIssuer } from './run-issuer.ts';
import { openTestDatabase } from './testing.ts';

interface TestedDatabase {
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServiceOptions<Name extends string, Db extends TestedDatabase | undefined> {
  readonly name: Name;
  /** Absent for a service without a database. */
  readonly openDb?: (options: { readonly url: string }) => Db;
  /** The database; a new one, dropped at the end, unless given. */
  readonly url?: string | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** The expected `aud` of access tokens; the service itself unless given. */
  readonly audience?: string;
  /** The issuer of the test run unless given. */
  readonly issuer?: TestIssuer;
  /** The public keys; those of the issuer unless given. */
  readonly publicKeys?: PublicKeys;
  readonly revocations?: Revocations;
}

/** The parts that `openService` opens for a service, with the database, the keys and the clock of a test. */
export interface TestService<Name extends string, Db> {
  readonly db: Db;
  readonly issuer: TestIssuer;
  /** The keys with which each other service signs its calls, by name. */
  readonly calls: RunEdges<Name>['calls'];
  readonly parts: AppParts & { readonly now: () => number };
  /** The logged decisions on service calls so far. */
  decisions(): Decision[];
  /** The logged events of accounts and sessions so far. */
  events(): Decision[];
  /** Every line of the log so far. */
  lines(): string[];
  /** Serves the app on a free port, and checks every answer with the API document of its routes. */
  serve(app: RequestListener, routes: Routes, options?: ServeOptions): Promise<ServedApp>;
}

export interface ServeOptions {
  /** Whether the route of a request is not in the API document. */
  readonly isUnchecked?: (url: string) => boolean;
  /** Closes the resources of the app, after the last request and before the database. */
  readonly closeParts?: () => Promise<void>;
}

export interface ServedApp {
  readonly server: Server;
  /** Checks the answers so far. @throws Error naming those that the API document does not describe */
  close(): Promise<void>;
}

/** Opens the resources of a service for a test, with its own database. */
export async function openTestService<Name extends string, Db extends TestedDatabase | undefined = undefined>({
  name,
  openDb,
  url,
  now,
  audience = name,
  issuer = openRunIssuer(now, audience),
  publicKeys: keys = issuer.keys,
  revocations,
}: TestServiceOptions<Name, Db>): Promise<TestService<Name, Db>> {
  const database = openDb !== undefined && url === undefined ? await openOwnDatabase(name) : undefined;
  // A service without a database has none: `Db` is `undefined` then.
  const db = openDb?.({ url: database?.url ?? url ?? '' }) as Db;
  const edges = createRunEdges(name);
  const verify = createUserTokenVerifier({
    issuer: issuer.issuer,
    audience,
    keys,
    revocations: revocations ?? null,
    now,
  });
  const singleUse = createSingleUseStore({ capacity: 1000, now });
  const calls = createCallVerifier({ service: name, keys: edges.accepts, verify, singleUse, now });
  const { destination, lines, decisions, events } = recordDecisions();
  const log = createLog({ service: name, level: 'info', format: 'json', destination });
  const metrics = createMetrics({ service: name });
  const audit = auditCalls({ log, metrics, hashUser: createUserHash(createSecretKey(randomBytes(32))) });
  const readiness = createReadiness(db === undefined ? {} : { database: db.ping });
  return {
    db,
    issuer,
    calls: edges.calls,
    decisions,
    events,
    lines,
    parts: { issuer: issuer.issuer, verify, calls, audit, log, readiness, metrics, now },
    async serve(app, routes, { isUnchecked = () => false, closeParts = async () => undefined } = {}) {
      const responses = checkResponses(app, createOpenApi({ title: name, description: 'Under test.', routes }));
      const { server, close } = await serveApp((req, res) =>
        (isUnchecked(req.url ?? '') ? app : responses.listener)(req, res),
      );
      return {
        server,
        async close() {
          close();
          await closeParts();
          await db?.close();
          await database?.drop();
          responses.assertTrue();
        },
      };
    },
  };
}

function openOwnDatabase(service: string) {
  const name = databaseNames.find((known) => known === service);
  if (name === undefined) throw new TypeError(`${service} has no database`);
  return openTestDatabase(name);
}
