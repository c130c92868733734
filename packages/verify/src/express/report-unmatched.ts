import type { RequestHandler } from 'express';
import { headerValues } from '../http/header-values.ts';
import type { RequireCallerOptions } from './require-caller.ts';

/** The `operation` of a decision about a request that is no operation. */
const unmatched = 'unmatched';

/**
 * Creates middleware that reports requests that resemble service calls but match no operation: below the prefix (in any
 * case), or with a service token. Mount it right after the service router. It sends no answer; later middleware rejects
 * these requests.
 *
 * @param prefix path prefix of internal routes, such as `/internal`
 */
export function reportUnmatched(options: {
  prefix: `/${string}`;
  onDecision: RequireCallerOptions['onDecision'];
}): RequestHandler {
  const { prefix, onDecision } = options;
  if (typeof onDecision !== 'function') throw new TypeError('reportUnmatched needs onDecision');
  const start = `${prefix}/`.toLowerCase();
  return (req, _res, next) => {
    const withToken = headerValues(req.rawHeaders, 'service-token').length > 0;
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
