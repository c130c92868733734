import type { Address, Contact } from '@auth/contracts';
import type { Passwords } from '../passwords/passwords.ts';
import { UserError } from '../user-error.ts';
import type { AccountAudit } from './account-event.ts';
import type { Actor } from './actor.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly createdAt: Date;
}

/** The contact that a user has given. */
export interface ContactDetails {
  readonly phone: string;
  readonly address: Address;
}

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export interface AccountStore {
  /** @throws UserError `email_taken` */
  create(user: { email: string; name: string; passwordHash: string; roles: readonly string[] }): Promise<User>;
  find(id: string): Promise<User | undefined>;
  /** Changes the actor's own name. @throws UserError `user_not_found`, `session_ended` */
  rename(actor: Actor, name: string): Promise<User>;
  findContact(id: string): Promise<{ user: User; details: ContactDetails | undefined } | undefined>;
  /** Stores the actor's own contact. @throws UserError as `rename` */
  saveContact(actor: Actor, details: ContactDetails): Promise<void>;
}

export interface Accounts {
  /** @throws UserError `email_taken` */
  register(registration: Registration): Promise<User>;
  /** Registers like `register`. The result does not reveal whether the e-mail had an account. */
  registerNeutral(registration: Registration): Promise<void>;
  get(id: string): Promise<User>;
  rename(actor: Actor, name: string): Promise<User>;
  getContact(id: string): Promise<ContactDetails>;
  saveContact(actor: Actor, details: ContactDetails): Promise<ContactDetails>;
  /** Returns the contact of a user to another service that acts on behalf of the same user. */
  contactFor(id: string, onBehalfOf: string | undefined): Promise<Contact>;
}

export interface AccountsOptions {
  readonly store: AccountStore;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly audit: AccountAudit;
}

/** Creates the rules of accounts. The routes check e-mails and passwords and normalise e-mails. */
export function createAccounts({ store, passwords, audit }: AccountsOptions): Accounts {
  async function register({ email, password, name }: Registration): Promise<User> {
    const passwordHash = await passwords.hash(password);
    try {
      const user = await store.create({ email, name, passwordHash, roles: ['customer'] });
      audit({ event: 'register', outcome: 'ok', user: user.id });
      return user;
    } catch (error) {
      if (isTaken(error)) audit({ event: 'register', outcome: 'failed', reason: error.code });
      throw error;
    }
  }

  return {
    register,
    async registerNeutral(registration) {
      try {
        await register(registration);
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    },
    get: async (id) => found(await store.find(id)),
    rename: (actor, name) => store.rename(actor, name),
    async getContact(id) {
      const { details } = found(await store.findContact(id));
      if (details === undefined) throw new UserError('contact_not_given');
      return details;
    },
    async saveContact(actor, details) {
      await store.saveContact(actor, details);
      return details;
    },
    async contactFor(id, onBehalfOf) {
      if (id !== onBehalfOf) throw new UserError('user_not_found', 'the contact of another user');
      const { user, details } = found(await store.findContact(id));
      return {
        name: user.name,
        email: user.email,
        phone: details?.phone ?? null,
        address: details?.address ?? null,
      };
    },
  };
}

function isTaken(error: unknown): error is UserError {
  return error instanceof UserError && error.code === 'email_taken';
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new UserError('user_not_found');
  return value;
}
