import type { RefreshOptions } from '../src/sessions/refresh.ts';
import { createRefresh } from '../src/sessions/refresh.ts';
import { createRefreshStore } from '../src/sessions/refresh-store.ts';
import type { Harness } from './harness.ts';
import { graceSeconds, life } from './harness.ts';

/** The rule of refreshing as another replica has it: same database, with a clock and settings of its own. */
export function openReplica({ db }: Harness, options: Partial<RefreshOptions> & Pick<RefreshOptions, 'now'>) {
  const issued: number[] = [];
  const { refresh, refreshWithin } = createRefresh({
    ...{ store: createRefreshStore(db), life, graceSeconds, limit: { perSession: 100, windowSeconds: 600 } },
    tokens: {
      lifetimeSeconds: 600,
      issue({ issuedAt }) {
        issued.push(issuedAt);
        return { token: 'access', expiresInSeconds: 600 };
      },
    },
    audit: () => undefined,
    ...options,
  });
  const noTries = { keys: [], below: [], at: 0, latest: 0 };
  const refreshAsAppDoes = async (token: string) =>
    (await refreshWithin(token, {}, noTries))?.result ?? (await refresh(token, {}));
  return {
    issued,
    /** The successor, or the code of the refusal. */
    refresh: (token: string) =>
      refreshAsAppDoes(token).then(
        ({ refreshToken }) => refreshToken,
        (error: { code?: string; limit?: string }) => error.code ?? error.limit,
      ),
  };
}
