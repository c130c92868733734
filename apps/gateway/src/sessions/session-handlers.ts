import type { IncomingMessage } from 'node:http';
import { page, type RouteHandlers } from '@auth/http';
import type { Request, RequestHandler, Response } from 'express';
import type { Authorize } from '../authentication/authorize.ts';
import type { SameOrigin } from '../authentication/same-origin.ts';
import type { SessionCookie } from '../authentication/session-cookie.ts';
import type { ClientOf } from '../client.ts';
import { GatewayError, type GatewayErrorCode } from '../gateway-error.ts';
import { ClientLeft } from '../proxy/request.ts';
import type { Session } from './session.ts';
import { hashSessionId } from './session-id.ts';
import type { sessionRoutes } from './session-routes.ts';
import type { Sessions } from './sessions.ts';

/** Errors that show that the cookie will never be valid again. */
const useless: ReadonlySet<GatewayErrorCode> = new Set(['no_session', 'two_cookies']);

export interface SessionRoutesOptions {
  readonly sessions: Pick<Sessions, 'begin' | 'list' | 'end'>;
  readonly authorize: Pick<Authorize, 'session' | 'cookieHash'>;
  readonly sameOrigin: SameOrigin;
  readonly cookie: SessionCookie;
  /** Returns whether a login replaced the cookie with this hash in the last minute. */
  readonly isReplaced: (cookieHash: string) => Promise<boolean>;
  readonly clientOf: ClientOf;
}

/** Creates the guards and the handlers of the session routes. */
export function createSessionHandlers(options: SessionRoutesOptions): {
  readonly guard: (who: 'own page' | 'session', route: keyof typeof sessionRoutes) => readonly RequestHandler[];
  readonly handlers: RouteHandlers<typeof sessionRoutes>;
} {
  const { sessions, authorize, sameOrigin, cookie, isReplaced, clientOf } = options;
  const sessionsOf = new WeakMap<Request, Session>();

  /**
   * Returns the `Set-Cookie` that deletes the cookie of a request; `undefined` when a login replaced it meanwhile: the
   * browser would delete the new cookie, which has the same name.
   */
  async function clearing(req: IncomingMessage): Promise<string | undefined> {
    const ids = cookie.read(req.headers.cookie);
    const replaced = await Promise.all(ids.map((id) => isReplaced(hashSessionId(id)))).catch(() => [true]);
    return replaced.includes(true) ? undefined : cookie.clear;
  }

  /** Runs work that may find the cookie useless. The refusal then deletes the cookie. */
  async function orClear<T>(req: IncomingMessage, res: Response, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isUseless = error instanceof GatewayError && useless.has(error.code);
      const header = isUseless && cookie.read(req.headers.cookie).length > 0 ? await clearing(req) : undefined;
      if (header !== undefined) res.set('Set-Cookie', header);
      throw error;
    }
  }

  const ownPage: RequestHandler = (req, _res, next) => {
    sameOrigin.assertOwn(req);
    next();
  };
  const withSession: RequestHandler = async (req, _res, next) => {
    sameOrigin.assertOwn(req);
    sessionsOf.set(req, await authorize.session(req));
    next();
  };
  /** The guard of `GET /session`, with which a page finds out whether its cookie is still good. */
  const withSessionOrCleared: RequestHandler = async (req, res, next) => {
    sessionsOf.set(req, await orClear(req, res, () => authorize.session(req)));
    next();
  };

  function sessionOf(req: Request): Session {
    const session = sessionsOf.get(req);
    if (session === undefined) throw new Error('The route has no session guard.');
    return session;
  }

  return {
    guard(who, route) {
      if (route === 'GET /session') return [withSessionOrCleared];
      return [who === 'session' ? withSession : ownPage];
    },
    handlers: {
      async 'POST /session'({ body: credentials }, req) {
        const client = clientOf(req);
        const device = { userAgent: req.get('user-agent')?.slice(0, 200), addressPrefix: client.addressPrefix() };
        const replaced = authorize.cookieHash(req) || undefined;
        const assertNotGone = () => {
          if (req.socket.destroyed) throw new ClientLeft('the client did not wait for its session');
        };
        const begun = await sessions.begin(credentials, { client, device, replaced, assertNotGone });
        const { expiresAt, createdAt } = begun.session;
        const headers = { 'Set-Cookie': cookie.give(begun.cookie, expiresAt - createdAt), Location: '/session' };
        return { body: viewOf(begun.session), headers };
      },
      'GET /session': (_input, req) => ({ body: viewOf(sessionOf(req)) }),
      async 'DELETE /session'(_input, req, res) {
        const hash = await orClear(req, res, () => authorize.cookieHash(req));
        if (hash) await sessions.end({ hash }, 'logout', clientOf(req));
        // Also for a session that has ended: after a logout the browser has no cookie.
        return { headers: clearingHeaders(await clearing(req)) };
      },
      async 'GET /sessions'({ query: { cursor: after, limit } }, req) {
        const { id: current, userId } = sessionOf(req);
        const { items, more } = await sessions.list(userId, { after, limit });
        const shown = items.map(({ id, userAgent = null, addressPrefix: network = null, ...times }) => ({
          id,
          ...datesOf(times),
          userAgent,
          addressPrefix: network,
          current: id === current,
        }));
        return page(req, { items: shown, more });
      },
      async 'DELETE /sessions/:id'({ params: { id } }, req) {
        const { userId, id: current } = sessionOf(req);
        if (!(await sessions.end({ id, userId }, 'ended by its user', clientOf(req)))) {
          throw new GatewayError('session_not_found', 'unknown');
        }
        return { headers: clearingHeaders(id === current ? await clearing(req) : undefined) };
      },
    },
  };
}

function clearingHeaders(header: string | undefined): { 'Set-Cookie'?: string } {
  return header === undefined ? {} : { 'Set-Cookie': header };
}

function viewOf(session: Session) {
  const { id, userId, roles, scope } = session;
  return { id, user: { id: userId, roles }, scope, ...datesOf(session) };
}

function datesOf({ createdAt, lastUsedAt, expiresAt }: Pick<Session, 'createdAt' | 'lastUsedAt' | 'expiresAt'>) {
  const date = (seconds: number) => new Date(seconds * 1000).toISOString();
  return { createdAt: date(createdAt), lastUsedAt: date(lastUsedAt), expiresAt: date(expiresAt) };
}
