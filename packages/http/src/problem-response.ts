import type { Response } from 'express';
import type { FieldError, Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** The body of every error answer: `application/problem+json` (RFC 9457). */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  requestId: string;
  errors?: readonly FieldError[];
}

/** Headers a handler may have set for the answer that is not sent. */
const ABOUT_ANOTHER_BODY = ['Content-Disposition', 'Content-Encoding', 'ETag', 'Last-Modified', 'Link', 'Location'];

/** Sends the problem; nothing of `reason` and `cause` leaves. The headers must not have been sent. */
export function sendProblem(res: Response, problem: Problem, requestId: string): void {
  for (const name of ABOUT_ANOTHER_BODY) res.removeHeader(name);
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  res.setHeader('Cache-Control', 'no-store');
  // Set on the raw response and sent as bytes: Express would add a charset, which this media type does not define.
  res.setHeader('Content-Type', 'application/problem+json');
  res.status(problem.status).send(Buffer.from(JSON.stringify(problemBody(problem, requestId))));
}

function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { code, title, status, detail, errors } = problem;
  return { type: `urn:problem:${code}`, title, status, detail, code, requestId, ...(errors && { errors }) };
}
