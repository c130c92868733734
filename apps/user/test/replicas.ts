import { createRefresh, type RefreshOptions } from '../src/sessions/refresh.ts';
import { createRefreshStore } from '../src/sessions/refresh-store.ts';
import { graceSeconds, type Harness, life } from './harness.ts';

/** Opens the refreshing of another replica: the same database, with its own clock and settings. */
export function openReplica({ db }: Harness, options: Partial<RefreshOptions> & Pick<RefreshOptions, 'now'>) {
  const issued: number[] = [];
  const { refresh, refreshFast } = createRefresh({
    store: createRefreshStore(db),
    life,
    graceSeconds,
    limit: { perSession: 100, windowSeconds: 600 },
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
  const noLimits = { keys: [], below: [], at: 0, latest: 0 };
  const refreshLikeApp = async (token: string) =>
    (await refreshFast(token, {})(noLimits))?.result ?? (await refresh(token, {}));
  return {
    issued,
    /** Returns the successor, or the code of the refusal. */
    refresh: (token: string) =>
      refreshLikeApp(token).then(
        ({ refreshToken }) => refreshToken,
        (error: { code?: string; limit?: string }) => error.code ?? error.limit,
      ),
  };
}
