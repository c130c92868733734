import type { RouteHandlers } from '@auth/http';
import { addressPrefix, clientAddress, visitorOf } from '@auth/http';
import type { Accounts } from '../accounts/accounts.ts';
import type { StoredTries } from '../limits/rate-limit.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { authRoutes } from './auth-routes.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** Creates the handlers to register, log in, stay logged in and log out. */
export function authHandlers({
  accounts,
  sessions,
  limits,
  registration,
}: {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly limits: RateLimits;
  /** `neutral`: a registration has the same answer, whether or not the e-mail had an account. */
  readonly registration: 'plain' | 'neutral';
}): RouteHandlers<typeof authRoutes> {
  return {
    async 'POST /auth/register'({ body: account }, req, res) {
      const visitor = visitorOf(req, res);
      if (registration === 'neutral') {
        await limits.register(visitor, () => accounts.registerQuietly(account));
        return { status: 202, body: { status: 'accepted' } };
      }
      const user = await limits.register(visitor, () => accounts.register(account));
      return { body: user, headers: { Location: '/users/me' } };
    },
    async 'POST /auth/login'({ body: { scope: scopes, ...login } }, req, res) {
      const visitor = visitorOf(req, res);
      const device = {
        userAgent: req.get('user-agent')?.slice(0, 200),
        addressPrefix: addressPrefix(clientAddress(req)),
      };
      const { from, signal } = visitor;
      const work = () => sessions.login({ ...login, ...device, from, signal, scopes });
      return tokenResponse(await limits.login(visitor, login.email, work));
    },
    async 'POST /auth/refresh'({ body: { refresh_token, scope: scopes, audience } }, req, res) {
      const wanted = { scopes, audience };
      const work = () => sessions.refresh(refresh_token, wanted);
      const first = (tries: StoredTries) => sessions.refreshWithin(refresh_token, wanted, tries);
      return tokenResponse(await limits.refresh(visitorOf(req, res), refresh_token, work, first));
    },
    async 'POST /auth/logout'({ body }) {
      await sessions.logout(body.refresh_token);
    },
  };
}

function tokenResponse({ access, refreshToken, scopes }: Tokens) {
  const body = {
    access_token: access.token,
    token_type: 'Bearer',
    expires_in: access.expiresInSeconds,
    refresh_token: refreshToken,
    scope: scopes.join(' '),
  } as const;
  return { body };
}
