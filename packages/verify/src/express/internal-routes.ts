import type { Express, Router } from 'express';
import { calleeOf, type OperationPolicy } from '../operation.ts';

/**
 * Checks that an application has no internal routes except its operations: any other would have no caller list. Call it
 * when the application is built. Does not see plain middleware.
 *
 * @param prefix path prefix of internal routes, such as `/internal`
 * @throws TypeError naming the route, or when a router is not mounted at the root
 */
export function assertInternalRoutes(
  app: Express,
  options: { service: string; operations: Readonly<Record<string, OperationPolicy>>; prefix: `/${string}` },
): void {
  const { service, operations, prefix } = options;
  const known = new Set(
    Object.values(operations)
      .filter((operation) => calleeOf(operation) === service)
      .map(({ method, path }) => `${method} ${path}`),
  );
  for (const { methods, path } of routesOf(routerOf(app))) {
    for (const method of methods) {
      const name = `${method.toUpperCase()} ${path}`;
      if (reaches(path, prefix) && !known.has(name)) {
        throw new TypeError(`${name} is an internal route of ${service}, but no operation: add it to the operations`);
      }
      // A second route of the same name would answer without the guard of the first.
      known.delete(name);
    }
  }
}

interface RouteEntry {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Returns the router of an application. Express 4 has it in `_router`, from its first route on; its `router` throws. */
function routerOf(app: Express): Pick<Router, 'stack'> {
  const isExpress4 = 'lazyrouter' in app;
  return isExpress4 ? (Reflect.get(app, '_router') ?? { stack: [] }) : app.router;
}

function* routesOf(router: Pick<Router, 'stack'>): Generator<RouteEntry> {
  for (const layer of router.stack) {
    const { route, handle } = layer;
    if (route !== undefined) {
      const methods = route.stack.map(({ method }) => method ?? 'all');
      for (const path of [route.path].flat()) yield { path: String(path), methods: [...new Set(methods)] };
    } else if (isRouter(handle)) {
      if (!isAtRoot(layer)) {
        throw new TypeError('a router is mounted below a path: mount it at the root, where its routes can be checked');
      }
      yield* routesOf(handle);
    }
  }
}

/** Checks whether a router is mounted at the root. Express hides the path: 5 has `slash`, and 4 a mark on its pattern. */
function isAtRoot(layer: object): boolean {
  const pattern: unknown = Reflect.get(layer, 'regexp');
  return Reflect.get(layer, 'slash') === true || Reflect.get(Object(pattern), 'fast_slash') === true;
}

function isRouter(handle: object): handle is Router {
  return Array.isArray(Reflect.get(handle, 'stack'));
}

/** Checks whether a path is below the prefix in any spelling of case, or is a pattern that could match there. */
function reaches(path: string, prefix: string): boolean {
  const [first = ''] = path.slice(1).split('/');
  return `/${first}`.toLowerCase() === prefix.toLowerCase() || !/^[\w.-]*$/.test(first);
}
