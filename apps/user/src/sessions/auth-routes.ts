import { plainText, services } from '@auth/contracts';
import { allScopes } from '@auth/contracts/grants';
import { addressPrefix, clientAddress, createRouter, readBody, visitorOf } from '@auth/http';
import type { Response, Router } from 'express';
import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import { emailProblem, normalizeEmail } from '../accounts/email.ts';
import type { StoredTries } from '../limits/rate-limit.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { passwordProblem, passwordRule } from '../passwords/password-rules.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

// Normalising takes quadratic time in the worst case: nothing longer gets that far.
const Email = z
  .string()
  .max(1000)
  .transform(normalizeEmail)
  .superRefine((email, context) => {
    const problem = emailProblem(email);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ format: 'email', description: 'As browsers accept it in a form; only the domain may be more than ASCII.' });
export const Register = z
  .strictObject({ email: Email, password: z.string().meta({ description: passwordRule }), name: plainText(100) })
  .superRefine(({ email, password }, context) => {
    const problem = passwordProblem(password, email);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['password'], message: problem });
  });
// Checked as a whole: the field is one text, so no pointer leads to one of its scopes.
const Scope = z
  .string()
  .transform((scope) => [...new Set(scope.split(' ').filter(Boolean))])
  .refine(
    (scopes) => scopes.length > 0 && scopes.every((scope) => allScopes.includes(scope)),
    `must be one or more of: ${allScopes.join(' ')}`,
  );
// Its length is checked before its entries: each wrong one would cost an issue of its own.
const AudienceList = z
  .array(z.unknown())
  .min(1)
  .max(services.length)
  .pipe(z.array(z.enum(services)))
  .transform((names) => [...new Set(names)]);
const Audience = z.union([z.enum(services).transform((service) => [service]), AudienceList]);
const wanted = { scope: Scope.optional(), audience: Audience.optional() };
export const Login = z.strictObject({ email: Email, password: z.string(), ...wanted });
const RefreshToken = z.string().min(1).max(200);
export const Refresh = z.strictObject({ refresh_token: RefreshToken, ...wanted });
export const Logout = z.strictObject({ refresh_token: RefreshToken });

interface AuthRoutesOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly limits: RateLimits;
  /** `neutral` answers a registration alike, whether or not the e-mail had an account. */
  readonly registration: 'plain' | 'neutral';
}

/** Register, log in, stay logged in, log out: open to anyone. */
export function authRoutes({ accounts, sessions, limits, registration }: AuthRoutesOptions): Router {
  const router = createRouter();

  router.post('/auth/register', async (req, res) => {
    const account = readBody(req, Register);
    const visitor = visitorOf(req, res);
    if (registration === 'neutral') {
      await limits.register(visitor, () => accounts.registerQuietly(account));
      res.status(202).json({ status: 'accepted' });
      return;
    }
    const user = await limits.register(visitor, () => accounts.register(account));
    res.status(201).location('/users/me').json(user);
  });

  router.post('/auth/login', async (req, res) => {
    const { scope: scopes, ...login } = readBody(req, Login);
    const visitor = visitorOf(req, res);
    const device = {
      userAgent: req.get('user-agent')?.slice(0, 200),
      addressPrefix: addressPrefix(clientAddress(req)),
    };
    const { from, signal } = visitor;
    const work = () => sessions.login({ ...login, ...device, from, signal, scopes });
    sendTokens(res, await limits.login(visitor, login.email, work));
  });

  router.post('/auth/refresh', async (req, res) => {
    const { refresh_token, scope: scopes, audience } = readBody(req, Refresh);
    const wanted = { scopes, audience };
    const work = () => sessions.refresh(refresh_token, wanted);
    const first = (tries: StoredTries) => sessions.refreshWithin(refresh_token, wanted, tries);
    sendTokens(res, await limits.refresh(visitorOf(req, res), refresh_token, work, first));
  });

  router.post('/auth/logout', async (req, res) => {
    await sessions.logout(readBody(req, Logout).refresh_token);
    res.status(204).end();
  });

  return router;
}

/** RFC 6749 §5.1: an answer with tokens is never stored. */
function sendTokens(res: Response, { access, refreshToken, scopes }: Tokens): void {
  res.set('Cache-Control', 'no-store').json({
    access_token: access.token,
    token_type: 'Bearer',
    expires_in: access.expiresInSeconds,
    refresh_token: refreshToken,
    scope: scopes.join(' '),
  });
}
