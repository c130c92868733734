import type { AccountAudit } from '../accounts/account-event.ts';
import { repeatedGuess } from '../sessions/login.ts';
import { UserError, type UserErrorCode } from '../user-error.ts';
import type { Client } from './client.ts';
import type { KnownGuesses } from './known-guesses.ts';
import { createLimitedWork, type FastPath, type KeyedLimit, readStates } from './limited-work.ts';
import type { RateLimitStore } from './rate-limit.ts';
import { createSlowDown, type Delay } from './slow-down.ts';

/** Attempts in a window before the next one is refused; 0 for no such limit. */
export interface RateLimitSettings {
  readonly windowSeconds: number;
  /** Wrong logins from one address block. */
  readonly loginsPerAddress: number;
  /** Wrong logins to one account from one address block. */
  readonly loginsPerAccountAndAddress: number;
  /** Wrong logins to one account from all addresses. Further logins are delayed, not refused. */
  readonly loginsPerAccount: number;
  /** Right logins to one account from all addresses. Each costs as much work as a wrong one. */
  readonly successesPerAccount: number;
  /** Registrations from one address block. */
  readonly registrationsPerAddress: number;
  /** Failed refreshes from one address block. */
  readonly refreshesPerAddress: number;
  /** The limit of an IPv6 network (/48), as a multiple of the limit of one block (/64). */
  readonly networkFactor: number;
}

/** Does work only while its limits allow it. Each function throws RateLimitError otherwise. */
export interface RateLimits {
  /** @param account the e-mail address in the request, with or without an account */
  login<T>(client: Client, account: string, work: () => Promise<T>): Promise<T>;
  /** Limits the check of the current password of a logged-in user. */
  password<T>(client: Client, userId: string, work: () => Promise<T>): Promise<T>;
  register<T>(client: Client, work: () => Promise<T>): Promise<T>;
  /** @param fastPath runs before `work`, when the counts are in the database */
  refresh<T>(client: Client, token: string, work: () => Promise<T>, fastPath?: FastPath<T>): Promise<T>;
}

export interface RateLimitsOptions {
  readonly store: RateLimitStore;
  readonly settings: RateLimitSettings;
  readonly knownGuesses: KnownGuesses;
  readonly audit: AccountAudit;
  readonly delay: Delay;
}

/** Refusals of a login with the right password: as much work as a login, and not counted as a guess. */
const rightButRefused: ReadonlySet<UserErrorCode> = new Set(['scope_not_available', 'audience_not_available']);

/**
 * Creates the limits on guessing and on work, which are checked before a password is hashed. A wrong guess, a right login
 * and a registration are counted, each after its work. Refused, unavailable and abandoned requests are not counted.
 */
export function createRateLimits({ store, settings, knownGuesses, audit, delay }: RateLimitsOptions): RateLimits {
  const { windowSeconds, networkFactor } = settings;
  const run = createLimitedWork({ audit });
  const slowDown = createSlowDown(delay);
  /** The number of logins in progress, by account. */
  const inProgress = new Map<string, number>();

  function open(name: string, attempts: number): (key: string | undefined) => readonly KeyedLimit[] {
    const limit = { name, attempts, windowSeconds };
    const counter = store.counter(limit);
    return (key) => (attempts === 0 || key === undefined ? [] : [{ limit, counter, key }]);
  }

  /** Opens a limit for an address block, and a higher one for the network around it. */
  function openPerAddress(what: string, attempts: number): (client: Client) => readonly KeyedLimit[] {
    const perBlock = open(`${what}-address`, attempts);
    const perNetwork = open(`${what}-network`, attempts * networkFactor);
    return ({ addressBlock, network }) => [...perBlock(addressBlock), ...perNetwork(network)];
  }

  const perAddress = openPerAddress('login', settings.loginsPerAddress);
  const perAccountAndAddress = open('login-account-address', settings.loginsPerAccountAndAddress);
  const perAccount = open('login-account', settings.loginsPerAccount);
  const successes = open('login-success', settings.successesPerAccount);
  const registrations = openPerAddress('register', settings.registrationsPerAddress);
  const refreshes = openPerAddress('refresh', settings.refreshesPerAddress);

  /** Delays logins to an account that receives many wrong guesses. Logins in progress count as wrong. */
  async function slowed<T>(client: Client, account: string, own: readonly KeyedLimit[], work: () => Promise<T>) {
    const others = inProgress.get(account) ?? 0;
    inProgress.set(account, others + 1);
    try {
      const [state] = await readStates(perAccount(account));
      const above = state === undefined ? 0 : state.attempts + others + 1 - state.limit.attempts;
      if (above > 0) {
        const [ownState] = await readStates(own);
        await slowDown({ above, ownGuesses: ownState?.attempts ?? 0, signal: client.signal });
      }
      return await work();
    } finally {
      const left = (inProgress.get(account) ?? 1) - 1;
      if (left === 0) inProgress.delete(account);
      else inProgress.set(account, left);
    }
  }

  return {
    login(client, account, work) {
      const own = perAccountAndAddress(`${client.addressBlock} ${account}`);
      const limits = [...perAddress(client), ...own];
      const countAfter = async (error?: unknown) => {
        if (isWrongGuess(error)) return [...limits, ...perAccount(account)];
        if (error !== undefined && !(error instanceof UserError && rightButRefused.has(error.code))) return [];
        await Promise.all(own.map(({ counter, key }) => counter.forget(key)));
        return successes(account);
      };
      const plan = { event: 'login', limits, alsoBelow: successes(account), countAfter } as const;
      return run(client, plan, () => slowed(client, account, own, work));
    },

    password(client, userId, work) {
      const limits = perAccountAndAddress(`${client.addressBlock} ${userId}`);
      const done = successes(userId);
      const countAfter = (error?: unknown) => (error === undefined ? done : isWrongGuess(error) ? limits : []);
      return run(client, { event: 'password', limits, alsoBelow: done, countAfter }, work);
    },

    register(client, work) {
      const limits = registrations(client);
      const countAfter = (error?: unknown) => (error === undefined || hasCode(error, 'email_taken') ? limits : []);
      return run(client, { event: 'register', limits, countAfter }, work);
    },

    refresh(client, token, work, fastPath) {
      const limits = refreshes(client);
      const guess = { addressBlock: client.addressBlock, account: '', secret: token, against: 'refresh' };
      const countAfter = async (error?: unknown) =>
        hasCode(error, 'invalid_refresh_token') && (await knownGuesses.add(guess)) ? limits : [];
      return run(client, { event: 'refresh', limits, countAfter }, work, fastPath);
    },
  };
}

function isWrongGuess(error: unknown): boolean {
  return hasCode(error, 'invalid_credentials') && error.reason !== repeatedGuess;
}

function hasCode(error: unknown, code: UserErrorCode): error is UserError {
  return error instanceof UserError && error.code === code;
}
