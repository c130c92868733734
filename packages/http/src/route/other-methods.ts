import { type RequestHandler, Router } from 'express';
import { Problem } from '../problem/problem.ts';
import { splitRouteName } from './route.ts';
import { assertNoServiceToken } from './service-token.ts';

/** Creates a router that matches paths literally, as the app does: `/Orders` and `/orders/` are not `/orders`. */
export function createRouter(): Router {
  return Router({ caseSensitive: true, strict: true });
}

/**
 * Groups route names by path, with paths of literal segments before paths with parameters: `/users/me` before
 * `/users/:id`.
 */
export function methodsByPath(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const grouped = new Map<string, string[]>();
  for (const { method, path } of names.map(splitRouteName)) grouped.set(path, [...(grouped.get(path) ?? []), method]);
  // `\uffff` sorts after every character of a path.
  const rank = (path: string) => path.replaceAll(/:\w+/g, '\uffff');
  return new Map([...grouped].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1)));
}

/** Creates the handlers of a path for OPTIONS (204 with `Allow`) and for methods that it does not have (405). */
export function otherMethods(methods: readonly string[]): { options: RequestHandler; others: RequestHandler } {
  const allowed = new Set([...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])]);
  const Allow = [...allowed].sort().join(', ');
  return {
    options: (req, res) => {
      assertNoServiceToken(req);
      res.set('Allow', Allow).status(204).end();
    },
    others: (req) => {
      assertNoServiceToken(req);
      throw new Problem('method_not_allowed', { headers: { Allow } });
    },
  };
}

/** Creates two routers for the paths of these routes: one answers OPTIONS, the other answers 405. */
export function createMethodRouters(names: readonly string[]): { readonly options: Router; readonly others: Router } {
  const [options, others] = [createRouter(), createRouter()];
  for (const [path, methods] of methodsByPath(names)) {
    const answers = otherMethods(methods);
    options.options(path, answers.options);
    others.all(path, answers.others);
  }
  return { options, others };
}

/** Creates a router of GET routes that are in no API document, with their answers to other methods. */
export function getRoutes(handlers: Readonly<Record<`/${string}`, readonly RequestHandler[]>>): Router {
  const router = createRouter();
  const { options, others } = otherMethods(['GET']);
  for (const [path, own] of Object.entries(handlers))
    router
      .route(path)
      .get(...own)
      .options(options)
      .all(others);
  return router;
}
