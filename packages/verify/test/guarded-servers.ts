import express, { type Express, type RequestHandler } from 'express';
import express4 from 'express4';
import type { AccessTokenVerifier } from '../src/access-token.ts';
import {
  protectedResource as expressResource,
  refusals,
  requireScope,
  requireUser,
  userOf,
} from '../src/express/index.ts';
import { createAuthenticator, type ProtectedResourceOptions, protectedResource } from '../src/http/index.ts';
import { createUserGuard, protectedResource as nodeResource } from '../src/node/index.ts';
import { listen, type TestServer } from './http.ts';

/** A guarded path, and what its guard demands. */
export interface GuardedRoute {
  readonly verifier: AccessTokenVerifier;
  readonly scope?: string;
  readonly isStale?: () => boolean;
}
export type GuardedRoutes = Readonly<Record<string, GuardedRoute>>;

/** Starts a server of guarded routes: 200 with the `sub` of the user, a refusal, or 404 for any other path. */
export type StartGuarded = (routes: GuardedRoutes, metadata?: ProtectedResourceOptions) => Promise<TestServer>;

/** The same routes behind each guard of this package. */
export const guardedServers: Readonly<Record<string, StartGuarded>> = {
  'Express 5': (routes, metadata) => listen(useGuards(express(), routes, metadata)),
  'Express 4': (routes, metadata) => listen(useGuards(express4() as unknown as Express, routes, metadata)),
  'node:http': startNode,
  authenticate: startAuthenticate,
};

const notFound = JSON.stringify({ code: 'not_found' });

function useGuards(app: Express, routes: GuardedRoutes, metadata?: ProtectedResourceOptions): Express {
  app.disable('x-powered-by').disable('etag');
  const resource = metadata && expressResource(metadata);
  if (resource !== undefined) app.use(resource);
  for (const [path, { verifier, scope, ...route }] of Object.entries(routes)) {
    const guards: RequestHandler[] = [requireUser(verifier, staleOf(route))];
    if (scope !== undefined) guards.push(requireScope(scope));
    app.all(path, guards, ((req, res) => void res.send(userOf(req).sub)) satisfies RequestHandler);
  }
  app.use((_req, res) => void res.status(404).send(notFound));
  return app.use(refusals({ protectedResource: resource }));
}

function startNode(routes: GuardedRoutes, metadata?: ProtectedResourceOptions): Promise<TestServer> {
  const resource = metadata && nodeResource(metadata);
  const guards = mapRoutes(routes, ({ verifier, scope, ...route }) =>
    createUserGuard(verifier, {
      protectedResource: resource,
      ...(scope !== undefined && { scope }),
      ...staleOf(route),
    }),
  );
  return listen((req, res) => {
    if (resource?.(req, res) === true) return;
    const guard = guards.get(pathOf(req.url));
    if (guard === undefined) return void res.writeHead(404).end(notFound);
    const user = guard(req, res);
    if (user !== undefined) res.end(user.sub);
  });
}

function startAuthenticate(routes: GuardedRoutes, metadata?: ProtectedResourceOptions): Promise<TestServer> {
  const resource = metadata && protectedResource(metadata);
  const guards = mapRoutes(routes, ({ verifier, scope, ...route }) =>
    createAuthenticator(verifier, {
      protectedResource: resource,
      ...(scope !== undefined && { scope }),
      ...staleOf(route),
    }),
  );
  return listen((req, res) => {
    const { method, url: target, rawHeaders: headers } = req;
    if (resource?.metadataPath === pathOf(target) && method === 'GET') return void res.end(resource.document);
    const authenticate = guards.get(pathOf(target));
    if (authenticate === undefined) return void res.writeHead(404).end(notFound);
    const { claims, refusal } = authenticate({ method, target, headers });
    if (refusal === undefined) return void res.end(claims.sub);
    res.writeHead(refusal.status, { ...refusal.headers }).end(refusal.body);
  });
}

function mapRoutes<Guard>(routes: GuardedRoutes, guardOf: (route: GuardedRoute) => Guard): Map<string, Guard> {
  return new Map(Object.entries(routes).map(([path, route]) => [path, guardOf(route)]));
}

function staleOf({ isStale }: Pick<GuardedRoute, 'isStale'>) {
  return isStale === undefined ? {} : ({ onRevocationStale: 'deny', revocations: { isStale } } as const);
}

/** The path of a target, as Express has it. */
function pathOf(target = ''): string {
  return new URL(target, 'http://service').pathname;
}
