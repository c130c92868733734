import { type ServerResponse, STATUS_CODES } from 'node:http';
import { problemType } from '@auth/verify/problems';
import type { FieldError, Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** The body of every error answer: `application/problem+json` (RFC 9457). */
interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  requestId: string;
  errors?: readonly FieldError[];
}

/** Headers that describe the answer of a handler, which a problem replaces. */
const ABOUT_ANOTHER_BODY = ['Content-Disposition', 'Content-Encoding', 'ETag', 'Last-Modified', 'Link', 'Location'];

/** Sends a problem, without its `reason` and `cause`. The headers must not have been sent. */
export function sendProblem(res: ServerResponse, problem: Problem, requestId: string): void {
  for (const name of ABOUT_ANOTHER_BODY) res.removeHeader(name);
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  const body = bodyBytes(problem, requestId);
  for (const [name, value] of bodyHeaders(body)) res.setHeader(name, value);
  res.statusCode = problem.status;
  res.end(body);
}

/** Returns the same answer as bytes, with `Connection: close`, for a request that has no `ServerResponse`. */
export function problemBytes(problem: Problem, requestId: string): Buffer {
  const body = bodyBytes(problem, requestId);
  const headers = [
    ['Connection', 'close'],
    ['Date', new Date().toUTCString()],
    ['X-Request-Id', requestId],
    ['X-Content-Type-Options', 'nosniff'],
    ...Object.entries(problem.headers),
    ...bodyHeaders(body),
  ];
  const { status } = problem;
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

function bodyBytes(problem: Problem, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(problemBody(problem, requestId)));
}

/** Returns the headers of a problem body. No charset: this media type does not define one. */
function bodyHeaders(body: Buffer): [name: string, value: string][] {
  return [
    ['Cache-Control', 'no-store'],
    ['Content-Type', 'application/problem+json'],
    ['Content-Length', String(body.length)],
  ];
}

function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { code, title, status, detail, errors } = problem;
  return { type: problemType(code), title, status, detail, code, requestId, ...(errors && { errors }) };
}
