import type { ProblemOptions } from './problem.ts';
import { Problem } from './problem.ts';

/** How a call to another service failed, as the client that made it says. */
export type UpstreamFailureCode = 'unavailable' | 'upstream_timeout' | 'upstream_failed' | 'upstream_refused';

/** The answer to a request that needed such a call. That a service refused us is not something our caller can mend: 502. */
export function upstreamProblem(
  code: UpstreamFailureCode,
  why: Required<Pick<ProblemOptions, 'reason'>> & Pick<ProblemOptions, 'cause'>,
): Problem {
  return new Problem(code === 'upstream_refused' ? 'upstream_failed' : code, why);
}
