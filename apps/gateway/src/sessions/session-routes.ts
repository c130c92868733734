import type { IncomingMessage } from 'node:http';
import { addressPrefix, createRouter, PageQuery, readBody, readParams, readQuery, sendPage } from '@auth/http';
import type { RequestHandler, Response, Router } from 'express';
import * as z from 'zod';
import type { Authorize } from '../authentication/authorize.ts';
import type { SameOrigin } from '../authentication/same-origin.ts';
import type { SessionCookie } from '../authentication/session-cookie.ts';
import type { ClientOf } from '../client.ts';
import type { GatewayErrorCode } from '../gateway-error.ts';
import { GatewayError } from '../gateway-error.ts';
import { ClientLeft } from '../proxy/request.ts';
import type { Session } from './session.ts';
import { hashSessionId } from './session-id.ts';
import type { Sessions } from './sessions.ts';

export const Login = z.strictObject({ email: z.string().max(1000), password: z.string().max(1000) });
export const SessionsQuery = z.object(PageQuery);
export const SessionId = z.object({ id: z.uuid().toLowerCase() });

/** Errors that show that the cookie will never be valid again. */
const useless: ReadonlySet<GatewayErrorCode> = new Set(['no_session', 'two_cookies']);

interface SessionRoutesOptions {
  readonly sessions: Pick<Sessions, 'begin' | 'list' | 'end'>;
  readonly authorize: Pick<Authorize, 'session' | 'cookieHash'>;
  readonly sameOrigin: SameOrigin;
  readonly cookie: SessionCookie;
  /** Returns whether a login replaced the cookie with this hash in the last minute. */
  readonly isReplaced: (cookieHash: string) => Promise<boolean>;
  readonly clientOf: ClientOf;
}

/** Creates the routes of the session: log in, read it, log out, list and end others. For browsers, with the cookie. */
export function sessionRoutes(options: SessionRoutesOptions): Router {
  const { sessions, authorize, sameOrigin, cookie, isReplaced, clientOf } = options;
  const router = createRouter();
  const fromHere: RequestHandler = (req, _res, next) => {
    sameOrigin.assertOwn(req);
    next();
  };

  /**
   * Deletes the cookie that a request came with, unless a login replaced it meanwhile: the browser would delete the new
   * cookie, which has the same name.
   */
  async function clearCookie(req: IncomingMessage, res: Response): Promise<void> {
    const ids = cookie.read(req.headers.cookie);
    const replaced = await Promise.all(ids.map((id) => isReplaced(hashSessionId(id)))).catch(() => [true]);
    if (!replaced.includes(true)) res.set('Set-Cookie', cookie.clear);
  }

  /** Runs `work`, and deletes the cookie when it fails because the cookie is of no use. */
  async function orClearCookie<T>(req: IncomingMessage, res: Response, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isUseless = error instanceof GatewayError && useless.has(error.code);
      if (isUseless && cookie.read(req.headers.cookie).length > 0) await clearCookie(req, res);
      throw error;
    }
  }

  router.post('/session', fromHere, async (req, res) => {
    const credentials = readBody(req, Login);
    const client = clientOf(req);
    const device = { userAgent: req.get('user-agent')?.slice(0, 200), addressPrefix: addressPrefix(client.address) };
    const replaced = authorize.cookieHash(req) || undefined;
    const assertNotGone = () => {
      if (req.socket.destroyed) throw new ClientLeft('the client did not wait for its session');
    };
    const begun = await sessions.begin(credentials, { client, device, replaced, assertNotGone });
    const { session } = begun;
    res.set('Set-Cookie', cookie.give(begun.cookie, session.expiresAt - session.createdAt));
    sendSession(res.status(201).location('/session'), session);
  });

  router.get('/session', async (req, res) => {
    sendSession(res, await orClearCookie(req, res, () => authorize.session(req)));
  });

  router.delete('/session', fromHere, async (req, res) => {
    const hash = await orClearCookie(req, res, () => authorize.cookieHash(req));
    if (hash) await sessions.end({ hash }, 'logout', clientOf(req));
    // Also for a session that has ended: after a logout the browser has no cookie.
    await clearCookie(req, res);
    res.status(204).end();
  });

  router.get('/sessions', async (req, res) => {
    const { id: current, userId } = await authorize.session(req);
    const { cursor: after, limit } = readQuery(req, SessionsQuery);
    const { items, more } = await sessions.list(userId, { after, limit });
    const shown = items.map(({ id, userAgent = null, addressPrefix: network = null, ...times }) => ({
      ...{ id, ...datesOf(times), userAgent, addressPrefix: network, current: id === current },
    }));
    sendPage(req, res, { items: shown, more });
  });

  router.delete('/sessions/:id', fromHere, async (req, res) => {
    const { userId, id: current } = await authorize.session(req);
    const { id } = readParams(req, SessionId);
    if (!(await sessions.end({ id, userId }, 'ended by its user', clientOf(req))))
      throw new GatewayError('session_not_found', 'unknown');
    if (id === current) await clearCookie(req, res);
    res.status(204).end();
  });

  return router;
}

function sendSession(res: Response, session: Session): void {
  const { id, userId, roles, scope } = session;
  res.set('Cache-Control', 'no-store').json({ id, user: { id: userId, roles }, scope, ...datesOf(session) });
}

function datesOf({ createdAt, lastUsedAt, expiresAt }: Pick<Session, 'createdAt' | 'lastUsedAt' | 'expiresAt'>) {
  const date = (seconds: number) => new Date(seconds * 1000).toISOString();
  return { createdAt: date(createdAt), lastUsedAt: date(lastUsedAt), expiresAt: date(expiresAt) };
}
