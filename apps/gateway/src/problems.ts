import { unavailableReason } from '@auth/db/errors';
import {
  Problem,
  type ProblemCode,
  type ProblemOptions,
  problems,
  refusalProblem,
  type Translate,
  upstreamProblem,
} from '@auth/http';
import { UpstreamError } from '@auth/verify/client';
import { refusalOf } from '@auth/verify/express';
import { GatewayError, type GatewayErrorCode } from './gateway-error.ts';
import { BulkheadFull } from './proxy/bulkhead.ts';
import { UserAppRefusal } from './user-client.ts';

const answers = {
  no_session: ['no_session', {}],
  session_not_found: ['not_found', { detail: 'There is no such session of yours, or it has ended.' }],
  cannot_refresh: [
    'unavailable',
    { detail: 'The session cannot be renewed right now. It is kept: try again shortly.' },
  ],
  foreign_token: ['upstream_failed', {}],
  two_credentials: ['invalid_request', { detail: 'Send the session cookie or an Authorization header, not both.' }],
  two_cookies: ['invalid_request', { detail: 'There are two session cookies: delete the cookies of this site.' }],
  no_answer_from_store: ['unavailable', {}],
  cross_site: ['forbidden', {}],
  not_json: ['unsupported_media_type', { headers: { Accept: 'application/json' } }],
} as const satisfies Record<GatewayErrorCode, readonly [ProblemCode, ProblemOptions]>;

/** Headers of the user app's refusals that are for the client. */
const relayed = ['Retry-After', 'RateLimit', 'RateLimit-Policy'];

/**
 * Creates the translations of the gateway's errors to problems.
 *
 * @param options `publicOrigin`: the origin of the gateway for browsers
 */
export function createTranslate({ publicOrigin }: { readonly publicOrigin: string }): readonly Translate[] {
  const fromHere = `Requests that change something must come from a page of this site: send 'Origin: ${publicOrigin}'.`;
  return [
    (error) => refusalProblem(refusalOf(error)),
    (error) => {
      const reason = unavailableReason(error instanceof GatewayError ? error.cause : error);
      return reason === undefined ? undefined : new Problem('unavailable', { reason });
    },
    (error) => (error instanceof UserAppRefusal ? relay(error) : undefined),
    (error) =>
      error instanceof BulkheadFull
        ? new Problem('unavailable', { detail: 'Too many logins at a time: try again shortly.', reason: error.message })
        : undefined,
    (error) =>
      error instanceof UpstreamError
        ? upstreamProblem(error.code, { reason: error.message, cause: error.cause })
        : undefined,
    (error) => {
      if (!(error instanceof GatewayError)) return undefined;
      const { code, reason, cause } = error;
      const [answer, options] = answers[code];
      const detail = code === 'cross_site' ? fromHere : undefined;
      return new Problem(answer, { ...(detail && { detail }), ...options, reason, cause });
    },
  ];
}

/** Converts a refusal of the user app, which is for the client. A code that the gateway does not know is a 502. */
function relay({ problem, headers, message }: UserAppRefusal): Problem {
  const { code, detail, errors } = problem;
  if (!isCode(code)) return new Problem('upstream_failed', { reason: message });
  const kept = relayed.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return new Problem(code, { detail, ...(errors && { errors }), headers: Object.fromEntries(kept), reason: message });
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
