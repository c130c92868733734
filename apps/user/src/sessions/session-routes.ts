import { dateTime, defineRoutes, PageQuery, pageHeaders, pageOf } from '@auth/http';
import * as z from 'zod';

const who = { scope: 'account' } as const;
const Session = z.strictObject({
  sid: z.uuid(),
  createdAt: dateTime,
  lastUsedAt: dateTime,
  expiresAt: dateTime,
  userAgent: z.string().nullable(),
  addressPrefix: z.string().nullable(),
  current: z.boolean().meta({ description: 'Whether this session sent the request.' }),
  endedAt: dateTime.optional(),
  endReason: z.literal('reuse').optional().meta({
    description: 'A refresh token was reused, so the session was ended: another party may have a copy.',
  }),
});

/** The routes of a user's own sessions. */
export const sessionRoutes = defineRoutes({
  'GET /auth/sessions': {
    who,
    summary: 'List your sessions',
    details: 'A session that ended because a refresh token was reused is listed with `endedAt` and `endReason`.',
    query: z.object(PageQuery),
    answer: {
      status: 200,
      description: 'Newest first.',
      schema: pageOf(Session).meta({ id: 'Sessions' }),
      headers: pageHeaders,
    },
  },
  'DELETE /auth/sessions/:sid': {
    who,
    summary: 'End one of your sessions',
    params: z.object({ sid: z.uuid().toLowerCase() }),
    answer: { status: 204, description: 'The session has ended.' },
  },
  'POST /auth/logout-all': {
    who,
    summary: 'End all your sessions',
    answer: { status: 204, description: 'All sessions have ended, this one included.' },
  },
});
