import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** A refusal of a credential, as its verifier describes it. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** Converts a refusal to a problem; `undefined` without a refusal. */
export function refusalProblem(refusal: Refusal | undefined): Problem | undefined {
  return refusal && new Problem(refusal.code, { headers: refusal.headers, reason: refusal.reason });
}
