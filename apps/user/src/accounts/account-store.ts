import { Address } from '@auth/contracts';
import { isUniqueViolation } from '@auth/db/errors';
import type { UserDb } from '@auth/db/user';
import { UserError } from '../user-error.ts';
import type { AccountStore } from './accounts.ts';
import type { AsActor } from './actor-store.ts';

const userFields = { id: true, email: true, name: true, roles: true, createdAt: true } as const;

/** Creates the store of accounts in the user database. */
export function createAccountStore({ client }: Pick<UserDb, 'client'>, asActor: AsActor): AccountStore {
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
    rename: (actor, name) =>
      asActor(actor, (tx) => tx.user.update({ where: { id: actor.userId }, data: { name }, select: userFields })),
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
    async saveContact(actor, { phone, address }) {
      await asActor(actor, (tx) =>
        tx.user.update({ where: { id: actor.userId }, data: { phone, address }, select: { id: true } }),
      );
    },
  };
}
