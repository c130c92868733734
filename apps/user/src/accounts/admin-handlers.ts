import { page, type RouteHandlers } from '@auth/http';
import { userOf } from '@auth/verify/express';
import { actorOf } from './actor.ts';
import type { adminRoutes } from './admin-routes.ts';
import type { UserAdmin } from './user-admin.ts';

/** Creates the handlers of the routes by which admins manage users. */
export function adminHandlers({ admin }: { readonly admin: UserAdmin }): RouteHandlers<typeof adminRoutes> {
  return {
    async 'GET /users'({ query: { cursor: after, limit } }, req) {
      return page(req, await admin.list({ after, limit }));
    },
    async 'GET /users/:id'({ params: { id } }) {
      return { body: await admin.get(id) };
    },
    async 'PATCH /users/:id'({ params: { id }, body }, req) {
      return { body: await admin.change(actorOf(userOf(req)), id, body) };
    },
  };
}
