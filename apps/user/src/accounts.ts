import type { Address, Contact } from '@auth/contracts';
import type { Passwords } from './passwords.ts';
import { UserError } from './user-error.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly createdAt: Date;
}

/** What a user tells of how to be reached. */
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
  rename(id: string, name: string): Promise<User | undefined>;
  findContact(id: string): Promise<{ user: User; details: ContactDetails | undefined } | undefined>;
  /** False when there is no such user. */
  saveContact(id: string, details: ContactDetails): Promise<boolean>;
}

export interface Accounts {
  register(registration: Registration): Promise<User>;
  get(id: string): Promise<User>;
  rename(id: string, name: string): Promise<User>;
  getContact(id: string): Promise<ContactDetails>;
  saveContact(id: string, details: ContactDetails): Promise<ContactDetails>;
  /** How another service reaches a user, on that user's behalf and nobody else's. */
  contactFor(id: string, onBehalfOf: string | undefined): Promise<Contact>;
}

/** The rules of accounts. E-mails and passwords come in normalised and allowed. */
export function createAccounts({ store, passwords }: { store: AccountStore; passwords: Passwords }): Accounts {
  return {
    async register({ email, password, name }) {
      const passwordHash = await passwords.hash(password);
      return store.create({ email, name, passwordHash, roles: ['customer'] });
    },
    get: async (id) => found(await store.find(id)),
    rename: async (id, name) => found(await store.rename(id, name)),
    async getContact(id) {
      const { details } = found(await store.findContact(id));
      if (details === undefined) throw new UserError('contact_not_given');
      return details;
    },
    async saveContact(id, details) {
      if (!(await store.saveContact(id, details))) throw new UserError('user_not_found');
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

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new UserError('user_not_found');
  return value;
}
