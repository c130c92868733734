import { dateTime, defineRoutes, PageQuery, pageHeaders, pageOf } from '@auth/http';
import * as z from 'zod';

const times = { createdAt: dateTime, lastUsedAt: dateTime, expiresAt: dateTime };
const Session = z
  .strictObject({
    id: z.uuid(),
    user: z.strictObject({ id: z.uuid(), roles: z.array(z.string()) }),
    scope: z.string(),
    ...times,
  })
  .meta({ id: 'Session' });
const ListedSession = z.strictObject({
  id: z.uuid(),
  ...times,
  userAgent: z.string().nullable(),
  addressPrefix: z.string().nullable(),
  current: z.boolean(),
});
const clearing = { 'Set-Cookie': 'Deletes the session cookie.' } as const;

/** The routes of the gateway's own: log in and log out with a cookie, for browsers. */
export const sessionRoutes = defineRoutes({
  'POST /session': {
    who: 'own page',
    summary: 'Log in: the answer sets the session cookie',
    body: z.strictObject({ email: z.string().max(1000), password: z.string().max(1000) }),
    example: { email: 'ada@example.com', password: 'analytical-engine-1843' },
    answer: {
      status: 201,
      description: 'The session. Send the request from a page of this site, or with its `Origin`.',
      schema: Session,
      headers: { 'Set-Cookie': 'The session cookie.', Location: '/session' },
    },
    problems: ['invalid_credentials', 'rate_limited', 'upstream_failed', 'upstream_timeout'],
  },
  'GET /session': {
    who: 'session',
    summary: 'Who am I',
    answer: { status: 200, description: 'The session of the cookie.', schema: Session },
  },
  'DELETE /session': {
    who: 'own page',
    summary: 'Log out',
    answer: { status: 204, description: 'There is no session any more.', headers: clearing },
  },
  'GET /sessions': {
    who: 'session',
    summary: 'List your sessions',
    query: z.object(PageQuery),
    answer: {
      status: 200,
      description: 'Where you are logged in, the newest first.',
      schema: pageOf(ListedSession),
      headers: pageHeaders,
    },
  },
  'DELETE /sessions/:id': {
    who: 'session',
    summary: 'End one of your sessions',
    params: z.object({ id: z.uuid().toLowerCase() }),
    answer: { status: 204, description: 'It has ended.', headers: clearing },
  },
});
