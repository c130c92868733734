import type { AccountAudit, AccountEvent } from './account-event.ts';
import type { OpenLimit, RateLimitStore, Standing } from './rate-limit.ts';
import { openLimit, RateLimitError } from './rate-limit.ts';
import { createSlowDown } from './slow-down.ts';
import type { UserErrorCode } from './user-error.ts';
import { UserError } from './user-error.ts';

/** Who tries. */
export interface Visitor {
  /** The block of addresses that it comes from, from `addressBlock`. */
  readonly from: string;
  /** Told how the limits stand, before anything is done about it. */
  readonly onCounted: (standings: readonly Standing[]) => void;
}

/** Tries within a window before the next is refused; 0 for no such limit. */
export interface RateLimitSettings {
  readonly windowSeconds: number;
  /** Failed logins from one block of addresses. */
  readonly loginsPerAddress: number;
  /** Failed logins to one account from one block of addresses. */
  readonly loginsPerAccountAndAddress: number;
  /** Failed logins to one account, wherever from: beyond it they take longer. */
  readonly loginsPerAccount: number;
  /** Registrations from one block of addresses. */
  readonly registrationsPerAddress: number;
  /** Failed refreshes from one block of addresses. */
  readonly refreshesPerAddress: number;
}

/** Work that is only done while its limits allow. @throws RateLimitError instead of doing it */
export interface RateLimits {
  /** @param account what is logged in to, known or not */
  login<T>(visitor: Visitor, account: string, work: () => Promise<T>): Promise<T>;
  /** A password that a user who is logged in has to give again. */
  password<T>(visitor: Visitor, userId: string, work: () => Promise<T>): Promise<T>;
  register<T>(visitor: Visitor, work: () => Promise<T>): Promise<T>;
  refresh<T>(visitor: Visitor, work: () => Promise<T>): Promise<T>;
}

export interface RateLimitsOptions {
  readonly store: RateLimitStore;
  readonly settings: RateLimitSettings;
  readonly audit: AccountAudit;
  /** Waits so many milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
}

/**
 * The limits on guessing, consulted before a password is hashed. What was no wrong guess is given back: whoever knows
 * the password is never stopped by having used it.
 */
export function createRateLimits({ store, settings, audit, delay }: RateLimitsOptions): RateLimits {
  const { windowSeconds } = settings;
  const open = (name: string, tries: number) => openLimit(store, { name, tries, windowSeconds });
  const perAddress = open('login-address', settings.loginsPerAddress);
  const perAccountAndAddress = open('login-account-address', settings.loginsPerAccountAndAddress);
  const perAccount = open('login-account', settings.loginsPerAccount);
  const registrations = open('register-address', settings.registrationsPerAddress);
  const refreshes = open('refresh-address', settings.refreshesPerAddress);
  const slowDown = createSlowDown(delay);

  /** One limit after the other: what the first refuses does not count in the next. */
  async function pass(visitor: Visitor, event: AccountEvent['event'], limits: readonly Keyed[]): Promise<void> {
    const standings: Standing[] = [];
    for (const [limit, key] of limits) {
      const standing = await limit.count(key);
      if (standing === undefined) continue;
      standings.push(standing);
      visitor.onCounted(standings);
      if (standing.tries <= standing.limit.tries) continue;
      audit({ event, outcome: 'limited', reason: standing.limit.name });
      throw new RateLimitError(standing);
    }
  }

  return {
    async login(visitor, account, work) {
      const both = `${visitor.from} ${account}`;
      await pass(visitor, 'login', [
        [perAddress, visitor.from],
        [perAccountAndAddress, both],
      ]);
      await slowDown(await perAccount.count(account));
      const undo = () => Promise.all([perAddress.giveBack(visitor.from), perAccount.giveBack(account)]);
      return settled(work, {
        guess: 'invalid_credentials',
        undo: () => Promise.all([undo(), perAccountAndAddress.giveBack(both)]),
        succeeded: () => Promise.all([undo(), perAccountAndAddress.forget(both)]),
      });
    },

    async password(visitor, userId, work) {
      const key = `${visitor.from} ${userId}`;
      await pass(visitor, 'password', [[perAccountAndAddress, key]]);
      const undo = () => perAccountAndAddress.giveBack(key);
      return settled(work, { guess: 'invalid_credentials', undo, succeeded: undo });
    },

    async register(visitor, work) {
      await pass(visitor, 'register', [[registrations, visitor.from]]);
      return work();
    },

    async refresh(visitor, work) {
      await pass(visitor, 'refresh', [[refreshes, visitor.from]]);
      const undo = () => refreshes.giveBack(visitor.from);
      return settled(work, { guess: 'invalid_refresh_token', undo, succeeded: undo });
    },
  };
}

type Keyed = readonly [limit: OpenLimit, key: string];

interface Settling {
  /** The error of a wrong guess: it alone stays counted. */
  readonly guess: UserErrorCode;
  readonly undo: () => Promise<unknown>;
  readonly succeeded: () => Promise<unknown>;
}

async function settled<T>(work: () => Promise<T>, { guess, undo, succeeded }: Settling): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!(error instanceof UserError && error.code === guess)) await undo();
    throw error;
  }
  await succeeded();
  return result;
}
