import { plainText, services } from '@auth/contracts';
import { allScopes } from '@auth/contracts/grants';
import { defineRoutes } from '@auth/http';
import * as z from 'zod';
import { OwnUser } from '../accounts/account-routes.ts';
import { emailProblem, normalizeEmail } from '../accounts/email.ts';
import { passwordProblem, passwordRule } from '../passwords/password-rules.ts';

// Normalising takes quadratic time in the worst case, so the length is checked first.
const Email = z
  .string()
  .max(1000)
  .transform(normalizeEmail)
  .superRefine((email, context) => {
    const problem = emailProblem(email);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ format: 'email', description: 'As browsers accept it in a form; only the domain may be more than ASCII.' });
const Register = z
  .strictObject({ email: Email, password: z.string().meta({ description: passwordRule }), name: plainText(100) })
  .superRefine(({ email, password }, context) => {
    const problem = passwordProblem(password, email);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['password'], message: problem });
  });
// The field is one text, so one error is reported for all its scopes.
const Scope = z
  .string()
  .transform((scope) => [...new Set(scope.split(' ').filter(Boolean))])
  .refine(
    (scopes) => scopes.length > 0 && scopes.every((scope) => allScopes.includes(scope)),
    `must be one or more of: ${allScopes.join(' ')}`,
  );
// The length is checked before the entries, since each wrong entry creates an issue.
const AudienceList = z
  .array(z.unknown())
  .min(1)
  .max(services.length)
  .pipe(z.array(z.enum(services)))
  .transform((names) => [...new Set(names)]);
const Audience = z.union([z.enum(services).transform((service) => [service]), AudienceList]);
const wanted = { scope: Scope.optional(), audience: Audience.optional() };
const Login = z.strictObject({ email: Email, password: z.string(), ...wanted });
const RefreshToken = z.string().min(1).max(200);
const Refresh = z.strictObject({ refresh_token: RefreshToken, ...wanted });
const Logout = z.strictObject({ refresh_token: RefreshToken });

const Tokens = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    refresh_token: z.string().meta({ description: 'Valid for one exchange.' }),
    scope: z.string(),
  })
  .meta({ id: 'Tokens' });
const Accepted = z.strictObject({ status: z.literal('accepted') }).meta({ id: 'Accepted' });

/** The routes of registration, login, refresh and logout. Answers with tokens must not be stored (RFC 6749 §5.1). */
export const authRoutes = defineRoutes({
  'POST /auth/register': {
    who: 'anyone',
    summary: 'Create an account',
    details: 'With `REGISTRATION=neutral` the answer is 202, whether or not the e-mail has an account.',
    body: Register,
    example: { email: 'grace@example.com', password: 'nanosecond-wire-30cm', name: 'Grace' },
    answer: { status: 201, description: 'The user.', schema: OwnUser, headers: { Location: '/users/me' } },
    otherAnswer: {
      status: 202,
      description: 'With REGISTRATION=neutral, whether or not the e-mail has an account.',
      schema: Accepted,
    },
    problems: ['conflict', 'rate_limited'],
  },
  'POST /auth/login': {
    who: 'anyone',
    summary: 'Log in',
    details: '`scope` and `audience` request a subset of the rights of the user.',
    body: Login,
    example: { email: 'ada@example.com', password: 'analytical-engine-1843' },
    answer: { status: 200, description: 'Tokens.', schema: Tokens },
    problems: ['invalid_credentials', 'rate_limited'],
  },
  'POST /auth/refresh': {
    who: 'anyone',
    summary: 'Exchange a refresh token',
    details:
      'Within 10 seconds the same token yields the same successor; a later reuse ends the session. `scope` and `audience` request a subset of the grant of the login. 503 when the rights of the user changed several times within seconds: the token stays valid.',
    body: Refresh,
    answer: { status: 200, description: 'Tokens. The old refresh token is used.', schema: Tokens },
    problems: ['invalid_refresh_token', 'rate_limited'],
  },
  'POST /auth/logout': {
    who: 'anyone',
    summary: 'End a session',
    details: '204 also for an unknown token (RFC 7009 §2.2).',
    body: Logout,
    answer: { status: 204, description: 'The session has ended, or the token is unknown.' },
  },
});
