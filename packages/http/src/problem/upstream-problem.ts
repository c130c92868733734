import type { ProblemOptions } from './problem.ts';
import { Problem } from './problem.ts';

/** The failure of a call to another service, as the client of that service reports it. */
export type UpstreamFailureCode = 'unavailable' | 'upstream_timeout' | 'upstream_failed' | 'upstream_refused';

/**
 * Creates the problem for a request whose call to another service failed. A refused call is 502, since the client of
 * this service cannot fix it.
 */
export function upstreamProblem(
  code: UpstreamFailureCode,
  why: Required<Pick<ProblemOptions, 'reason'>> & Pick<ProblemOptions, 'cause'>,
): Problem {
  return new Problem(code === 'upstream_refused' ? 'upstream_failed' : code, why);
}
