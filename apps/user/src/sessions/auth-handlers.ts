import { addressPrefix, clientAddress, type RouteHandlers } from '@auth/http';
import type { Accounts } from '../accounts/accounts.ts';
import { clientOf } from '../limits/client-of-request.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { authRoutes } from './auth-routes.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** Creates the handlers of registration, login, refresh and logout. */
export function authHandlers({
  accounts,
  sessions,
  limits,
  registration,
}: {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly limits: RateLimits;
  /** `neutral`: the answer to a registration does not reveal whether the e-mail has an account. */
  readonly registration: 'plain' | 'neutral';
}): RouteHandlers<typeof authRoutes> {
  return {
    async 'POST /auth/register'({ body: account }, req, res) {
      const client = clientOf(req, res);
      if (registration === 'neutral') {
        await limits.register(client, () => accounts.registerNeutral(account));
        return { status: 202, body: { status: 'accepted' } };
      }
      const user = await limits.register(client, () => accounts.register(account));
      return { body: user, headers: { Location: '/users/me' } };
    },
    async 'POST /auth/login'({ body: { scope: scopes, ...login } }, req, res) {
      const client = clientOf(req, res);
      const device = {
        userAgent: req.get('user-agent')?.slice(0, 200),
        addressPrefix: addressPrefix(clientAddress(req)),
      };
      const { addressBlock, signal } = client;
      const work = () => sessions.login({ ...login, ...device, addressBlock, signal, scopes });
      return tokenResponse(await limits.login(client, login.email, work));
    },
    async 'POST /auth/refresh'({ body: { refresh_token, scope: scopes, audience } }, req, res) {
      const wanted = { scopes, audience };
      const work = () => sessions.refresh(refresh_token, wanted);
      const fastPath = sessions.refreshFast(refresh_token, wanted);
      return tokenResponse(await limits.refresh(clientOf(req, res), refresh_token, work, fastPath));
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
