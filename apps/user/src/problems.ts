import { unavailableReason } from '@auth/db/errors';
import { Problem, type ProblemCode, type ProblemOptions, refusalProblem, type Translate } from '@auth/http';
import { AuthError } from '@auth/verify';
import { refusalOf } from '@auth/verify/express';
import { RateLimitError } from './limits/rate-limit.ts';
import { UserError, type UserErrorCode } from './user-error.ts';

/** A token that lost its session or its rights after the guard of the route gets the answer of the guard. */
const refusals = {
  session_ended: () => new AuthError('token_revoked', 'revoked'),
  admin_role_removed: () => new AuthError('insufficient_scope', 'scope', { scope: 'user:admin' }),
};

const answers = {
  email_taken: ['conflict', { detail: 'An account with this e-mail address exists: log in instead.' }],
  invalid_credentials: ['invalid_credentials', {}],
  invalid_refresh_token: ['invalid_refresh_token', {}],
  scope_not_available: ['invalid_fields', fieldError('/scope', 'asks for more than this user or session may have')],
  audience_not_available: ['invalid_fields', fieldError('/audience', 'asks for more than this session may have')],
  user_not_found: ['not_found', {}],
  session_not_found: ['not_found', { detail: 'There is no such session of yours, or it has ended.' }],
  own_rights: ['conflict', { detail: 'Another admin has to do that: an admin cannot remove their own rights.' }],
  last_admin: ['conflict', { detail: 'This is the last admin: give another account the role first.' }],
  password_changed: [
    'conflict',
    { detail: 'Another request changed the password meanwhile: nothing was changed by this one.' },
  ],
  token_too_early: [
    'unavailable',
    { detail: 'The rights of this session changed several times within seconds: try again.', retryAfterSeconds: 2 },
  ],
  account_busy: [
    'unavailable',
    { detail: 'Too many changes of this account at a time: try again shortly.', retryAfterSeconds: 1 },
  ],
  too_busy: ['unavailable', { detail: 'Too many logins at a time: try again shortly.', retryAfterSeconds: 3 }],
  changed_meanwhile: ['unavailable', { detail: 'The account is changing: try again shortly.', retryAfterSeconds: 1 }],
  contact_not_given: ['not_found', { detail: 'No contact has been given yet: PUT /users/me/contact.' }],
} as const satisfies Record<Exclude<UserErrorCode, keyof typeof refusals>, readonly [ProblemCode, ProblemOptions]>;

/** Translations of the errors of this service to problems, tried in this order. */
export const translate: readonly Translate[] = [
  (error) => {
    const reason = unavailableReason(error);
    return reason === undefined ? undefined : new Problem('unavailable', { reason });
  },
  (error) =>
    error instanceof RateLimitError
      ? new Problem('rate_limited', { retryAfterSeconds: error.retryAfterSeconds, reason: error.limit })
      : undefined,
  (error) => {
    if (!(error instanceof UserError)) return undefined;
    if (error.code === 'session_ended' || error.code === 'admin_role_removed') {
      return refusalProblem(refusalOf(refusals[error.code]()));
    }
    const [code, options] = answers[error.code];
    return new Problem(code, { ...options, reason: error.reason ?? error.code });
  },
];

function fieldError(pointer: string, detail: string): ProblemOptions {
  return { errors: [{ pointer, detail }] };
}
