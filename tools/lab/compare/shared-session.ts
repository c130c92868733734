import { Problem } from '@auth/http';
import type { SessionStore } from './session-store.ts';
import type { Guard } from './shop-app.ts';

const cookie = /(?:^|; )session=([\w-]{43})(?:;|$)/;

/** Variant (c): looks the session up in a store that all services share, on each request. */
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
