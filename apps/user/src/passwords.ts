import bcrypt from 'bcrypt';
import { hashingProblem, normalizePassword } from './password-rules.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Passwords {
  /** Hashes a password that `passwordProblem` has nothing against. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password fits the hash. Takes as long without a hash, and with one of a lower cost than passwords are
   * hashed with now, so that time does not tell who has an account.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether the hash was made at a lower cost than passwords are hashed with now. */
  isOutdated(hash: string): boolean;
}

export interface PasswordsOptions {
  /** bcrypt's logarithm of rounds, 10 to 14. */
  readonly cost: number;
  /** bcrypt works on libuv's few threads, which file system and DNS need too: it must leave one free. */
  readonly queue: WorkQueue;
}

export function createPasswords({ cost, queue }: PasswordsOptions): Passwords {
  async function compare(text: string, hash: string): Promise<boolean> {
    const equal = await bcrypt.compare(text, hash);
    // Each cost is twice the work of the one below: with this one again and those between, they add up to `cost`.
    for (let lower = costOf(hash); lower < cost; lower += 1) await bcrypt.compare(text, dummy(lower));
    return equal;
  }

  return {
    hash: (password) => queue.run(() => bcrypt.hash(normalizePassword(password), cost)),
    async verify(password, hash) {
      const hashable = hashingProblem(password) === undefined;
      const text = hashable ? normalizePassword(password) : '';
      const equal = await queue.run(() => compare(text, hash ?? dummy(cost)));
      return equal && hashable && hash !== undefined;
    },
    isOutdated: (hash) => costOf(hash) < cost,
  };
}

/** Of the right shape, so that bcrypt does the full work: a malformed hash is answered at once. */
function dummy(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(22)}${'u'.repeat(31)}`;
}

function costOf(hash: string): number {
  return Number(/^\$2[ab]\$(\d\d)\$/.exec(hash)?.[1] ?? Number.POSITIVE_INFINITY);
}
