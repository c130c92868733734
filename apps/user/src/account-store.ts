import { Address } from '@auth/contracts';
import { isUniqueViolation } from '@auth/db/errors';
import type { UserDb } from '@auth/db/user';
import type { AccountStore, User } from './accounts.ts';
import { UserError } from './user-error.ts';

const userFields = { id: true, email: true, name: true, roles: true, createdAt: true } as const;

/** Accounts in the user database. */
export function createAccountStore({ client }: Pick<UserDb, 'client'>): AccountStore {
  return {
    async create({ roles, ...user }) {
      try {
        return await client.user.create({ data: { ...user, roles: [...roles] }, select: userFields });
      } catch (error) {
        if (isUniqueViolation(error)) throw new UserError('email_taken');
        throw error;
      }
    },
    async find(id) {
      return (await client.user.findUnique({ where: { id }, select: userFields })) ?? undefined;
    },
    async rename(id, name): Promise<User | undefined> {
      const [user] = await client.user.updateManyAndReturn({ where: { id }, data: { name }, select: userFields });
      return user;
    },
    async findContact(id) {
      const row = await client.user.findUnique({
        where: { id },
        select: { ...userFields, phone: true, address: true },
      });
      if (row === null) return undefined;
      const { phone, address, ...user } = row;
      const given = phone !== null && address !== null;
      return { user, details: given ? { phone, address: Address.parse(address) } : undefined };
    },
    async saveContact(id, { phone, address }) {
      const { count } = await client.user.updateMany({ where: { id }, data: { phone, address } });
      return count === 1;
    },
  };
}
