import type { RouteDoc } from '@auth/http';
import { createOpenApi } from '@auth/http';
import * as z from 'zod';
import { Login, SessionId, SessionsQuery } from './sessions/session-routes.ts';

const times = { createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime(), expiresAt: z.iso.datetime() };
const Session = z
  .strictObject({
    id: z.uuid(),
    user: z.strictObject({ id: z.uuid(), roles: z.array(z.string()) }),
    scope: z.string(),
    ...times,
  })
  .meta({ id: 'Session' });
const SessionPage = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.uuid(),
      ...times,
      userAgent: z.string().nullable(),
      addressPrefix: z.string().nullable(),
      current: z.boolean(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
const clearing = { 'Set-Cookie': 'Takes the session cookie back.' };

/** Every route of the gateway's own. What it hands on is in the documents of the services. */
export const routeDocs: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/session',
    summary: 'Log in: the answer sets the session cookie',
    scope: 'none',
    body: Login,
    example: { email: 'ada@example.com', password: 'analytical-engine-1843' },
    answer: {
      status: 201,
      description: 'The session. Send the request from a page of this site, or with its `Origin`.',
      schema: Session,
      headers: { 'Set-Cookie': 'The session cookie.', Location: '/session' },
    },
    problems: ['invalid_credentials', 'forbidden', 'rate_limited', 'upstream_failed', 'upstream_timeout'],
  },
  {
    method: 'get',
    path: '/session',
    summary: 'Who am I',
    scope: 'none',
    answer: { status: 200, description: 'The session of the cookie.', schema: Session },
    problems: ['no_session'],
  },
  {
    method: 'delete',
    path: '/session',
    summary: 'Log out',
    scope: 'none',
    answer: { status: 204, description: 'There is no session any more.', headers: clearing },
    problems: ['forbidden', 'unsupported_media_type'],
  },
  {
    method: 'get',
    path: '/sessions',
    summary: 'List your sessions',
    scope: 'none',
    query: SessionsQuery,
    answer: {
      status: 200,
      description: 'Where you are logged in, the newest first.',
      schema: SessionPage,
      headers: { Link: 'The next page, rel="next", where there is one.' },
    },
    problems: ['no_session'],
  },
  {
    method: 'delete',
    path: '/sessions/:id',
    summary: 'End one of your sessions',
    scope: 'none',
    params: SessionId,
    answer: { status: 204, description: 'It has ended.' },
    problems: ['no_session', 'forbidden', 'unsupported_media_type'],
  },
];

/** The API document of the gateway. */
export const openApi = createOpenApi({
  title: 'gateway',
  description:
    "The browser's door to the services: a session cookie here, the session's access token behind it. Below `/auth`, `/users/me`, `/products` and `/orders` it hands requests on to the services.",
  routes: routeDocs,
});
