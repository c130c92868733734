/**
 * The internal parts of the Express router that this file reads. They are not public, so `finishApp` checks them at the
 * start.
 */
interface Layer {
  match(path: string): unknown;
  route?: { path: unknown; methods: Readonly<Record<string, boolean>> };
  /** Whether the layer is mounted at `/`. */
  slash: boolean;
  handle: unknown;
}

interface Stack {
  stack: readonly unknown[];
  caseSensitive?: unknown;
  strict?: unknown;
}

/** Returns the methods of all routes below `router` for a path, sorted; empty when no route has the path. */
export function allowedMethods(router: Stack, path: string): string[] {
  const methods = new Set(ownMethods(router, path));
  if (methods.has('GET')) methods.add('HEAD');
  if (methods.size > 0) methods.add('OPTIONS');
  return [...methods].sort();
}

/** Whether the path has an OPTIONS route of its own. */
export function answersOptions(router: Stack, path: string): boolean {
  return ownMethods(router, path).includes('OPTIONS');
}

/**
 * Checks that every router is mounted at `/` and matches paths literally: a policy and the router must not read one
 * path differently.
 * @throws Error that says how to fix the wiring.
 */
export function assertLiteralRoutes(router: Stack): void {
  for (const { handle, slash } of layers(router)) {
    if (!isStack(handle)) continue;
    if (!slash) throw new Error('Mount routers at "/" and write whole paths in their routes.');
    if (handle.caseSensitive !== true || handle.strict !== true) {
      throw new Error('Make routers with createRouter() of @auth/http: this one is not case sensitive and strict.');
    }
    assertLiteralRoutes(handle);
  }
}

function ownMethods(router: Stack, path: string): string[] {
  return layers(router).flatMap((layer) => {
    if (isStack(layer.handle)) return ownMethods(layer.handle, path);
    if (layer.route === undefined || !layer.match(path)) return [];
    return Object.keys(layer.route.methods).map((name) => name.toUpperCase());
  });
}

function layers(router: Stack): Layer[] {
  return router.stack.map((layer) => {
    if (!isLayer(layer)) throw new Error('This version of Express keeps its routes in another way.');
    return layer;
  });
}

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'match' in value && 'handle' in value && 'slash' in value;
}

function isStack(value: unknown): value is Stack {
  return typeof value === 'function' && 'stack' in value && Array.isArray(value.stack);
}

/** Returns all routes below a router: method, in lower case, and path template. */
export function routesBelow(router: Stack): { method: string; path: string }[] {
  return layers(router).flatMap(({ handle, route }) => {
    if (isStack(handle)) return routesBelow(handle);
    if (route === undefined) return [];
    const path = String(route.path);
    return Object.keys(route.methods).map((method) => ({ method, path }));
  });
}
