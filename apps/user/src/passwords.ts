import bcrypt from 'bcrypt';
import { hashingProblem, normalizePassword } from './password-rules.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Passwords {
  /** Hashes a password that `passwordProblem` has nothing against. */
  hash(password: string): Promise<string>;
  /** Whether the password fits the hash. Takes as long without a hash, so that time does not tell who has an account. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

export interface PasswordsOptions {
  /** bcrypt's logarithm of rounds, 10 to 14. */
  readonly cost: number;
  /** bcrypt works on libuv's few threads, which file system and DNS need too: it must leave one free. */
  readonly queue: WorkQueue;
}

export function createPasswords({ cost, queue }: PasswordsOptions): Passwords {
  // Of the right shape, so that bcrypt does the full work: a malformed hash is answered at once.
  const dummy = `$2b$${cost}$${'.'.repeat(22)}${'u'.repeat(31)}`;

  return {
    hash: (password) => queue.run(() => bcrypt.hash(normalizePassword(password), cost)),
    async verify(password, hash) {
      const hashable = hashingProblem(password) === undefined;
      const text = hashable ? normalizePassword(password) : '';
      const equal = await queue.run(() => bcrypt.compare(text, hash ?? dummy));
      return equal && hashable && hash !== undefined;
    },
  };
}
