import { accountRoutes } from './accounts/account-routes.ts';
import { adminRoutes } from './accounts/admin-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { authRoutes } from './sessions/auth-routes.ts';
import { sessionRoutes } from './sessions/session-routes.ts';

/** The public routes of user. */
export const routes = { ...authRoutes, ...sessionRoutes, ...accountRoutes, ...adminRoutes, ...discoveryRoutes };
