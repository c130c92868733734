import { createRouter, PageQuery, readParams, readQuery, sendPage } from '@auth/http';
import type { AccessTokenVerifier } from '@auth/verify';
import { requireScope, requireUser, userOf } from '@auth/verify/express';
import type { Router } from 'express';
import * as z from 'zod';
import { actorOf } from '../accounts/actor.ts';
import type { Sessions } from './sessions.ts';

export const SessionsQuery = z.object(PageQuery);
export const Sid = z.object({ sid: z.uuid().toLowerCase() });

interface SessionRoutesOptions {
  readonly sessions: Pick<Sessions, 'list' | 'end' | 'endAll'>;
  readonly verify: AccessTokenVerifier;
}

/** A user's own sessions: where they are logged in, and ending that. */
export function sessionRoutes({ sessions, verify }: SessionRoutesOptions): Router {
  const router = createRouter();
  const owner = [requireUser(verify), requireScope('account')];

  router.get('/auth/sessions', ...owner, async (req, res) => {
    const { sub, sid: current } = userOf(req);
    const { cursor: after, limit } = readQuery(req, SessionsQuery);
    const { items, more } = await sessions.list(sub, { after, limit });
    const shown = items.map(({ sid, userAgent, addressPrefix, reusedAt, ...times }) => ({
      ...{
        sid,
        ...times,
        userAgent: userAgent ?? null,
        addressPrefix: addressPrefix ?? null,
        current: sid === current,
      },
      ...(reusedAt === undefined ? {} : { endedAt: reusedAt, endReason: 'reuse' }),
    }));
    sendPage(req, res, { items: shown, more }, ({ sid }) => sid);
  });

  router.delete('/auth/sessions/:sid', ...owner, async (req, res) => {
    await sessions.end(actorOf(userOf(req)), readParams(req, Sid).sid);
    res.status(204).end();
  });

  router.post('/auth/logout-all', ...owner, async (req, res) => {
    await sessions.endAll(actorOf(userOf(req)));
    res.status(204).end();
  });

  return router;
}
