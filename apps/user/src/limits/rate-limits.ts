import type { AccountAudit } from '../accounts/account-event.ts';
import { repeatedGuess } from '../sessions/login.ts';
import type { UserErrorCode } from '../user-error.ts';
import { UserError } from '../user-error.ts';
import type { KnownGuesses } from './known-guesses.ts';
import type { Keyed, Visitor, Within } from './limited-work.ts';
import { createLimitedWork, readAll } from './limited-work.ts';
import type { RateLimitStore } from './rate-limit.ts';
import type { Delay } from './slow-down.ts';
import { createSlowDown } from './slow-down.ts';

/** Tries within a window before the next is refused; 0 for no such limit. */
export interface RateLimitSettings {
  readonly windowSeconds: number;
  /** Wrong logins from one block of addresses. */
  readonly loginsPerAddress: number;
  /** Wrong logins to one account from one block of addresses. */
  readonly loginsPerAccountAndAddress: number;
  /** Wrong logins to one account from everywhere: beyond it they take longer. */
  readonly loginsPerAccount: number;
  /** Right logins to one account from everywhere: each costs as much work as a wrong one. */
  readonly successesPerAccount: number;
  /** Registrations from one block of addresses. */
  readonly registrationsPerAddress: number;
  /** Failed refreshes from one block of addresses. */
  readonly refreshesPerAddress: number;
  /** An IPv6 network (/48) may have this many times as many tries as one block (/64). */
  readonly networkFactor: number;
}

/** Work that is only done while its limits allow. @throws RateLimitError instead of doing it */
export interface RateLimits {
  /** @param account the e-mail address that was typed, with an account or without */
  login<T>(visitor: Visitor, account: string, work: () => Promise<T>): Promise<T>;
  /** A password that a user who is logged in has to give again. */
  password<T>(visitor: Visitor, userId: string, work: () => Promise<T>): Promise<T>;
  register<T>(visitor: Visitor, work: () => Promise<T>): Promise<T>;
  /** @param first tried before `work`, where the counts are in the database */
  refresh<T>(visitor: Visitor, token: string, work: () => Promise<T>, first?: Within<T>): Promise<T>;
}

export interface RateLimitsOptions {
  readonly store: RateLimitStore;
  readonly settings: RateLimitSettings;
  readonly knownGuesses: KnownGuesses;
  readonly audit: AccountAudit;
  readonly delay: Delay;
}

/** Reasons why a right password does not log in: as much work as a login, and not counted as a guess. */
const rightButRefused: ReadonlySet<UserErrorCode> = new Set(['scope_not_available', 'audience_not_available']);

/**
 * The limits on guessing and on work, checked before a password is hashed. A wrong guess, a right login and a registration
 * are counted, each after the work was done. Refused, unavailable and abandoned requests are not counted.
 */
export function createRateLimits({ store, settings, knownGuesses, audit, delay }: RateLimitsOptions): RateLimits {
  const { windowSeconds, networkFactor } = settings;
  const run = createLimitedWork({ audit });
  const slowDown = createSlowDown(delay);
  /** Logins in progress by account. */
  const inProgress = new Map<string, number>();

  function open(name: string, tries: number): (key: string | undefined) => readonly Keyed[] {
    const limit = { name, tries, windowSeconds };
    const counter = store.counter(limit);
    return (key) => (tries === 0 || key === undefined ? [] : [{ limit, counter, key }]);
  }

  /** The same limit for a block of addresses and, higher, for the network around it. */
  function openPerAddress(what: string, tries: number): (visitor: Visitor) => readonly Keyed[] {
    const perBlock = open(`${what}-address`, tries);
    const perNetwork = open(`${what}-network`, tries * networkFactor);
    return ({ from, network }) => [...perBlock(from), ...perNetwork(network)];
  }

  const perAddress = openPerAddress('login', settings.loginsPerAddress);
  const perAccountAndAddress = open('login-account-address', settings.loginsPerAccountAndAddress);
  const perAccount = open('login-account', settings.loginsPerAccount);
  const successes = open('login-success', settings.successesPerAccount);
  const registrations = openPerAddress('register', settings.registrationsPerAddress);
  const refreshes = openPerAddress('refresh', settings.refreshesPerAddress);

  /** Delays logins to an account at which many wrong guesses are made, those in progress included. */
  async function slowed<T>(visitor: Visitor, account: string, own: readonly Keyed[], work: () => Promise<T>) {
    const others = inProgress.get(account) ?? 0;
    inProgress.set(account, others + 1);
    try {
      const [standing] = await readAll(perAccount(account));
      const above = standing === undefined ? 0 : standing.tries + others + 1 - standing.limit.tries;
      if (above > 0) {
        const [ownStanding] = await readAll(own);
        await slowDown({ above, ownGuesses: ownStanding?.tries ?? 0, signal: visitor.signal });
      }
      return await work();
    } finally {
      const left = (inProgress.get(account) ?? 1) - 1;
      if (left === 0) inProgress.delete(account);
      else inProgress.set(account, left);
    }
  }

  return {
    login(visitor, account, work) {
      const own = perAccountAndAddress(`${visitor.from} ${account}`);
      const limits = [...perAddress(visitor), ...own];
      const countedFor = async (error?: unknown) => {
        if (isWrongGuess(error)) return [...limits, ...perAccount(account)];
        if (error !== undefined && !(error instanceof UserError && rightButRefused.has(error.code))) return [];
        await Promise.all(own.map(({ counter, key }) => counter.forget(key)));
        return successes(account);
      };
      const plan = { event: 'login', limits, alsoBelow: successes(account), countedFor } as const;
      return run(visitor, plan, () => slowed(visitor, account, own, work));
    },

    password(visitor, userId, work) {
      const limits = perAccountAndAddress(`${visitor.from} ${userId}`);
      const done = successes(userId);
      const countedFor = (error?: unknown) => (error === undefined ? done : isWrongGuess(error) ? limits : []);
      return run(visitor, { event: 'password', limits, alsoBelow: done, countedFor }, work);
    },

    register(visitor, work) {
      const limits = registrations(visitor);
      const countedFor = (error?: unknown) => (error === undefined || hasCode(error, 'email_taken') ? limits : []);
      return run(visitor, { event: 'register', limits, countedFor }, work);
    },

    refresh(visitor, token, work, first) {
      const limits = refreshes(visitor);
      const guess = { from: visitor.from, account: '', secret: token, against: 'refresh' };
      const countedFor = async (error?: unknown) =>
        hasCode(error, 'invalid_refresh_token') && (await knownGuesses.add(guess)) ? limits : [];
      return run(visitor, { event: 'refresh', limits, countedFor }, work, first);
    },
  };
}

function isWrongGuess(error: unknown): boolean {
  return hasCode(error, 'invalid_credentials') && error.reason !== repeatedGuess;
}

function hasCode(error: unknown, code: UserErrorCode): error is UserError {
  return error instanceof UserError && error.code === code;
}
