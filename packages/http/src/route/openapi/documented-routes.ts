import type { Express } from 'express';
import { routesBelow } from '../allowed-methods.ts';
import type { RouteDoc } from './route-doc.ts';

/** Routes without documentation: health checks, the document itself, and operations for other services. */
const undocumented = /^\/(?:livez|readyz|openapi\.json|docs(?:\/.*)?|internal\/.*)$/;

/**
 * Asserts that the served routes are exactly the documented ones. Call it when the app is built.
 * @throws Error naming the route that is in one and not in the other.
 */
export function assertDocumented(app: Express, docs: readonly RouteDoc[]): void {
  const served = new Set(
    routesBelow(app.router)
      .filter(({ path }) => !undocumented.test(path))
      .map(nameOf),
  );
  const documented = new Set(docs.map(nameOf));
  const missing = [...served].find((name) => !documented.has(name));
  if (missing !== undefined) throw new Error(`${missing} is served and not documented: add it to openapi.ts`);
  const stray = [...documented].find((name) => !served.has(name));
  if (stray !== undefined) throw new Error(`${stray} is documented and not served: take it out of openapi.ts`);
}

function nameOf({ method, path }: { method: string; path: string }): string {
  return `${method.toUpperCase()} ${path}`;
}
