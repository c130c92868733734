import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** A refusal of a credential, as whoever verified it describes it. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** The answer to a refused credential; `undefined` where nothing was refused. */
export function refusalProblem(refusal: Refusal | undefined): Problem | undefined {
  return refusal && new Problem(refusal.code, { headers: refusal.headers, reason: refusal.reason });
}
