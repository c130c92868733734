import bcrypt from 'bcrypt';
import type { HashForm, PasswordHash } from './password-hash.ts';
import { bcryptInput, dummyHash, fitsBcrypt, formatPasswordHash, parsePasswordHash } from './password-hash.ts';
import { hashingProblem, normalizePassword } from './password-rules.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Passwords {
  /** Hashes a password that `passwordProblem` has nothing against. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password matches the hash. The time is the same without a hash, with one of a lower cost than the current
   * one, and with an unreadable one, so that the time does not show which e-mail addresses have an account.
   *
   * @throws ClientGoneError when `signal` is aborted before the work begins
   */
  verify(password: string, hash: string | undefined, signal?: AbortSignal): Promise<boolean>;
  /** Whether the hash of this password would be made at a higher cost or in another form now. */
  isOutdated(hash: string, password: string): boolean;
}

export interface PasswordsOptions {
  /** bcrypt's logarithm of rounds, 10 to 14. */
  readonly cost: number;
  /** The form of new hashes; `bcrypt` is for the time in which an older build has to read them as well. */
  readonly form?: HashForm;
  /** bcrypt works on libuv's few threads, which file system and DNS need too: it must leave one free. */
  readonly queue: WorkQueue;
  /** Called at the first unreadable hash, since no password will ever match it. */
  readonly onUnreadable?: () => void;
}

/** Hashes and verifies passwords with bcrypt. */
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
    // Each cost is twice the work of the one below: with this one again and those between, they add up to `cost`.
    for (let lower = hash.cost; lower < cost; lower += 1) await bcrypt.compare(text, dummyHash(form, lower).bcrypt);
    return equal;
  }

  /** The form `bcrypt` has no room for long passwords; the build that needs this form never accepted them. */
  function formFor(text: string): HashForm {
    return form === 'bcrypt' && fitsBcrypt(text) ? 'bcrypt' : 'bcrypt-sha256';
  }

  return {
    hash(password) {
      const text = normalizePassword(password);
      const target = formFor(text);
      return queue.run(async () => {
        const salt = await bcrypt.genSalt(cost);
        const made = await bcrypt.hash(bcryptInput(text, { form: target, bcrypt: salt }) ?? '', salt);
        return formatPasswordHash({ form: target, cost, bcrypt: made });
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
