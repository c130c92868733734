import { page, type RouteHandlers } from '@auth/http';
import { userOf } from '@auth/verify/express';
import { actorOf } from '../accounts/actor.ts';
import type { sessionRoutes } from './session-routes.ts';
import type { Sessions } from './sessions.ts';

/** Creates the handlers of a user's own sessions. */
export function sessionHandlers({
  sessions,
}: {
  readonly sessions: Pick<Sessions, 'list' | 'end' | 'endAll'>;
}): RouteHandlers<typeof sessionRoutes> {
  return {
    async 'GET /auth/sessions'({ query: { cursor: after, limit } }, req) {
      const { sub, sid: current } = userOf(req);
      const { items, more } = await sessions.list(sub, { after, limit });
      const shown = items.map(({ sid, userAgent = null, addressPrefix = null, reusedAt, ...times }) => ({
        sid,
        ...times,
        userAgent,
        addressPrefix,
        current: sid === current,
        ...(reusedAt === undefined ? {} : { endedAt: reusedAt, endReason: 'reuse' as const }),
      }));
      return page(req, { items: shown, more }, ({ sid }) => sid);
    },
    async 'DELETE /auth/sessions/:sid'({ params: { sid } }, req) {
      await sessions.end(actorOf(userOf(req)), sid);
    },
    async 'POST /auth/logout-all'(_input, req) {
      await sessions.endAll(actorOf(userOf(req)));
    },
  };
}
