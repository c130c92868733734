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
  current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
  endedAt: dateTime.optional(),
  endReason: z.literal('reuse').optional().meta({
    description: 'A used refresh token came again, so the session was ended: somebody else may have had it.',
  }),
});

/** The routes of a user's own sessions. */
export const sessionRoutes = defineRoutes({
  'GET /auth/sessions': {
    who,
    summary: 'List where you are logged in',
    details:
      'A session that ended because a used refresh token was sent again is listed with `endedAt` and `endReason`.',
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
    answer: { status: 204, description: 'It has ended.' },
  },
  'POST /auth/logout-all': {
    who,
    summary: 'End all your sessions',
    answer: { status: 204, description: 'They have ended, this one as well.' },
  },
});
