import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { Problem } from '../problem/problem.ts';
import { headerValues } from '../request/header-values.ts';

/**
 * Refuses a service token on a route that is not an operation and has no guard of @auth/verify: the probes, OPTIONS and
 * the admin port.
 *
 * @throws Problem invalid_service_token
 */
export function assertNoServiceToken(req: IncomingMessage): void {
  if (headerValues(req, 'service-token').length === 0) return;
  throw new Problem('invalid_service_token', { reason: 'not_an_operation' });
}

/** Creates the middleware that refuses a service token on all routes behind it. */
export function refuseServiceToken(): RequestHandler {
  return (req, _res, next) => {
    assertNoServiceToken(req);
    next();
  };
}
