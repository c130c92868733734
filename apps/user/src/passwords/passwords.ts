import bcrypt from 'bcrypt';
import {
  bcryptInput,
  dummyHash,
  fitsBcrypt,
  formatPasswordHash,
  type HashForm,
  type PasswordHash,
  parsePasswordHash,
} from './password-hash.ts';
import { hashingProblem, normalizePassword } from './password-rules.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Passwords {
  /** Hashes a password that `passwordProblem` accepts. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password matches the hash. Without a hash, with one of a lower cost and with an unreadable one the time is
   * the same, so that it does not reveal which e-mail addresses have an account.
   *
   * @throws ClientGoneError when `signal` is aborted before the work begins
   */
  verify(password: string, hash: string | undefined, signal?: AbortSignal): Promise<boolean>;
  /** Whether a new hash of this password would have a higher cost or another form. */
  isOutdated(hash: string, password: string): boolean;
}

export interface PasswordsOptions {
  /** The bcrypt cost: the base-2 logarithm of the rounds, 10 to 14. */
  readonly cost: number;
  /** The form of new hashes. `bcrypt` is for an upgrade, while an older build must read them as well. */
  readonly form?: HashForm;
  /** Runs bcrypt on libuv's threads. It must leave one free, since the file system and DNS use them as well. */
  readonly queue: WorkQueue;
  /** Called at the first unreadable hash: no password can match it. */
  readonly onUnreadable?: () => void;
}

/** Creates the functions that hash and verify passwords with bcrypt. */
export function createPasswords(options: PasswordsOptions): Passwords {
  const { cost, form = 'bcrypt-sha256', queue, onUnreadable = () => {} } = options;
  let reported = false;

  function parse(hash: string): PasswordHash | undefined {
    const parsed = parsePasswordHash(hash);
    if (parsed === undefined && !reported) {
      reported = true;
      onUnreadable();
    }
    return parsed;
  }

  async function compare(text: string, hash: PasswordHash): Promise<boolean> {
    const equal = await bcrypt.compare(text, hash.bcrypt);
    // A compare at cost n takes 2^n rounds, and 2^h + (2^h + … + 2^(cost - 1)) = 2^cost, where h is `hash.cost`.
    for (let lower = hash.cost; lower < cost; lower += 1) await bcrypt.compare(text, dummyHash(form, lower).bcrypt);
    return equal;
  }

  /** Long passwords do not fit `bcrypt`. The older build that needs that form never accepted them. */
  function formFor(text: string): HashForm {
    return form === 'bcrypt' && fitsBcrypt(text) ? 'bcrypt' : 'bcrypt-sha256';
  }

  return {
    hash(password) {
      const text = normalizePassword(password);
      const target = formFor(text);
      return queue.run(async () => {
        const salt = await bcrypt.genSalt(cost);
        const bcryptHash = await bcrypt.hash(bcryptInput(text, { form: target, bcrypt: salt }) ?? '', salt);
        return formatPasswordHash({ form: target, cost, bcrypt: bcryptHash });
      });
    },
    async verify(password, hash, signal) {
      const known = hash === undefined ? undefined : parse(hash);
      const against = known ?? dummyHash(form, cost);
      const hashable = hashingProblem(password) === undefined;
      const input = hashable ? bcryptInput(normalizePassword(password), against) : undefined;
      const equal = await queue.run(() => compare(input ?? '', against), signal);
      return equal && input !== undefined && known !== undefined;
    },
    isOutdated(hash, password) {
      const known = parsePasswordHash(hash);
      return known !== undefined && (known.cost < cost || known.form !== formFor(normalizePassword(password)));
    },
  };
}
