import type { RequestContext } from '@auth/http';
import { contextOf, outgoingHeaders, Problem } from '@auth/http';
import { Pool } from 'undici';
import * as z from 'zod';
import type { Guard } from './shop-app.ts';

const User = z.object({ id: z.uuid(), roles: z.array(z.string()) });
/** Longer than an answer takes, and not so long that those who wait pile up. */
const timeoutMs = 2000;

/**
 * Variant (d): asks the user app who it is, on each request, over connections that are kept. Remembers nothing: what it
 * remembered would be as old as a token, and nobody would have signed it.
 */
export function requireAnswerOfUser(userUrl: string, role: string): Guard {
  const pool = new Pool(userUrl, { connections: 64, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const ask = async (authorization: string, context: RequestContext) => {
    const { statusCode, body } = await pool.request({
      ...{ method: 'GET', path: '/users/me' },
      headers: { ...outgoingHeaders(context), authorization },
    });
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
