import { contextOf, outgoingHeaders, Problem, type RequestContext } from '@auth/http';
import type { requireScope } from '@auth/verify/express';
import { Pool } from 'undici';
import * as z from 'zod';
import type { SessionStore } from './session-store.ts';

/** Lets a request pass, or throws the reason. */
export type Guard = ReturnType<typeof requireScope>;

const cookie = /(?:^|; )session=([\w-]{43})(?:;|$)/;
const User = z.object({ id: z.uuid(), roles: z.array(z.string()) });
/** Longer than an answer takes, and short enough that waiting requests do not pile up. */
const timeoutMs = 2000;

/** Variant (c): looks the session up on each request, in a store that all services share. */
export function requireSharedSession(store: Pick<SessionStore, 'find'>, scope: string): Guard {
  return async (req, _res, next) => {
    const id = cookie.exec(req.headers.cookie ?? '')?.[1];
    if (id === undefined) throw new Problem('missing_token', { reason: 'no session cookie' });
    const session = await store.find(id).catch((cause: unknown) => {
      throw new Problem('unavailable', { reason: 'session store', cause });
    });
    if (session === undefined) throw new Problem('invalid_token', { reason: 'no session' });
    if (!session.scopes.includes(scope)) throw new Problem('insufficient_scope');
    next();
  };
}

/**
 * Variant (d): asks the user app for the user on each request, over kept connections. Answers are not cached: a cached one
 * would be as old as a token, and unsigned.
 */
export function requireAnswerOfUser(userUrl: string, role: string): Guard {
  const pool = new Pool(userUrl, { connections: 64, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const ask = async (authorization: string, context: RequestContext) => {
    const headers = { ...outgoingHeaders(context), authorization };
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/users/me', headers });
    return { status: statusCode, answer: await body.json() };
  };
  return async (req, _res, next) => {
    const { authorization } = req.headers;
    if (authorization === undefined) throw new Problem('missing_token');
    const { status, answer } = await ask(authorization, contextOf(req)).catch((cause: unknown) => {
      throw new Problem('unavailable', { reason: 'user app', cause });
    });
    if (status === 401) throw new Problem('invalid_token', { reason: 'refused by the user app' });
    if (status !== 200) throw new Problem('upstream_failed', { reason: `the user app answered ${status}` });
    if (!User.parse(answer).roles.includes(role)) throw new Problem('insufficient_scope');
    next();
  };
}
