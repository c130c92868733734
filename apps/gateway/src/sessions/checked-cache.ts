import type { EndedCookies } from './ended-cookies.ts';
import type { SessionCache } from './session-lookup.ts';

/**
 * Wraps the cache of sessions so that a logout does not depend on it. A cached session is used only when the database was
 * asked within the last second which sessions ended, and this one was not among them. A write that Redis lost, refused or
 * delays can only make a lookup slower. While the database does not answer, no cached session is used.
 */
export function createCheckedCache({ cache, ended }: { cache: SessionCache; ended: EndedCookies }): SessionCache {
  return {
    ...cache,
    async find(hashes) {
      const [known, isCurrent] = await Promise.all([cache.find(hashes), ended.update()]);
      if (!isCurrent) return new Map();
      return new Map([...known].map(([hash, session]) => [hash, ended.has(hash) ? 'ended' : session]));
    },
    async end(hash) {
      ended.add(hash);
      await cache.end(hash);
    },
  };
}
