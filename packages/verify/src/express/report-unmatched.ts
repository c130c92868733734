import type { RequestHandler } from 'express';
import { headerValues } from './header-values.ts';
import type { RequireCallerOptions } from './require-caller.ts';

/** What stands in the place of an operation for a request that is none. */
const unmatched = 'unmatched';

/**
 * Tells of requests that look like a service's and are no operation: below the prefix (in any case), or with a service
 * token. Stands right behind the service router; it answers nothing itself, and what stands below refuses them.
 *
 * @param prefix where internal routes live, such as `/internal`
 */
export function reportUnmatched(options: {
  prefix: `/${string}`;
  onDecision: RequireCallerOptions['onDecision'];
}): RequestHandler {
  const { prefix, onDecision } = options;
  if (typeof onDecision !== 'function') throw new TypeError('reportUnmatched needs onDecision');
  const start = `${prefix}/`.toLowerCase();
  return (req, _res, next) => {
    const withToken = headerValues(req, 'service-token').length > 0;
    if (withToken || isBelow(req.path, start)) {
      const refusal = withToken ? ({ code: 'invalid_service_token' } as const) : {};
      onDecision({ decision: 'deny', operation: unmatched, ...refusal, reason: 'not_an_operation' }, req);
    }
    next();
  };
}

function isBelow(path: string, start: string): boolean {
  return `${path.slice(0, start.length)}/`.toLowerCase().startsWith(start);
}
