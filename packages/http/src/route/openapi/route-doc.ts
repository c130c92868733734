import type * as z from 'zod';
import type { ProblemCode } from '../../problem/problem-codes.ts';
import type { Answer, RouteSpec, Routes } from '../route.ts';

/** A route as the API document describes it. */
export interface RouteDoc extends Omit<RouteSpec, 'who' | 'headers'> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: `/${string}`;
  readonly scope: string | 'none';
  readonly headers?: z.ZodObject;
  readonly answer: Answer;
  readonly problems?: readonly ProblemCode[];
}

/** Converts documentation to definitions. */
export function routesOf(docs: readonly RouteDoc[]): Routes {
  return Object.fromEntries(
    docs.map(({ method, path, scope, headers, ...doc }) => [
      `${method.toUpperCase()} ${path}`,
      {
        ...doc,
        who: scope === 'none' ? 'anyone' : { scope },
        ...(headers === undefined ? {} : { headers: { schema: headers, read: () => undefined } }),
      } satisfies RouteSpec,
    ]),
  );
}
