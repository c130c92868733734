import { operations } from '@auth/contracts';
import { type AppParts, createServiceApp } from '@auth/service';
import type { Express } from 'express';
import { accountHandlers } from './accounts/account-handlers.ts';
import type { Accounts } from './accounts/accounts.ts';
import { adminHandlers } from './accounts/admin-handlers.ts';
import type { UserAdmin } from './accounts/user-admin.ts';
import { type Discovery, discoveryAliases, discoveryHandlers } from './discovery-handlers.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import type { PasswordChange } from './passwords/password-change.ts';
import { translate } from './problems.ts';
import { routes } from './routes.ts';
import { authHandlers } from './sessions/auth-handlers.ts';
import { sessionHandlers } from './sessions/session-handlers.ts';
import type { Sessions } from './sessions/sessions.ts';

/** The parts of the app. */
export interface Deps extends AppParts {
  readonly accounts: Accounts;
  readonly changePassword: (change: PasswordChange) => Promise<void>;
  readonly sessions: Sessions;
  readonly admin: UserAdmin;
  readonly discovery: Discovery;
  readonly limits: RateLimits;
  /** `neutral`: the answer to a registration does not reveal whether the e-mail has an account. */
  readonly registration: 'plain' | 'neutral';
  /** The proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
}

/** Builds the Express app of the user service. */
export function buildApp(deps: Deps): Express {
  const { accounts, changePassword, sessions, admin, discovery, limits, registration, trustedProxies, ...parts } = deps;
  return createServiceApp(parts, {
    service: 'user',
    operations,
    description: 'Accounts, logins and access tokens. Log in below and the token is filled in for the other routes.',
    operationHandlers: {
      'user:contacts.read': ({ params }, { user }) => accounts.contactFor(params.id, user?.sub),
    },
    before: discoveryAliases(discovery.issuer),
    routes,
    handlers: {
      ...authHandlers({ accounts, sessions, limits, registration }),
      ...sessionHandlers({ sessions }),
      ...accountHandlers({ accounts, changePassword, limits }),
      ...adminHandlers({ admin }),
      ...discoveryHandlers(discovery),
    },
    translate,
    trustedProxies,
  });
}
