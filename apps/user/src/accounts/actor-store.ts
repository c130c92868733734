import type { UserDb } from '@auth/db/user';
import { type Transaction, transactionLimits } from '../feed/cut-off-store.ts';
import { createKeyedMutex } from '../limits/keyed-mutex.ts';
import { UserError } from '../user-error.ts';
import type { Actor } from './actor.ts';

/** Runs work for an actor in a transaction that holds the locks of `lockActor`. */
export type AsActor = <T>(actor: Actor, work: (tx: Transaction, actor: LockedActor) => Promise<T>) => Promise<T>;

export interface LockedActor {
  readonly roles: readonly string[];
}

/**
 * Creates the function in which an owner changes an account or its sessions. Changes of one account run one at a time, so
 * that many of them hold only one connection of the pool.
 */
export function createAsActor({ client }: Pick<UserDb, 'client'>): AsActor {
  const exclusively = createKeyedMutex();
  return (actor, work) =>
    exclusively(actor.userId, () =>
      client.$transaction(async (tx) => work(tx, await lockActor(tx, actor)), transactionLimits),
    );
}

/**
 * Checks that the actor may still act: the account is enabled, the session of the access token has not ended, and its
 * claims are not revoked. Both rows stay locked until the transaction ends, so that the result stays true. Permissions
 * are not checked here.
 *
 * All transactions take locks in the same order, which excludes deadlocks: accounts by id, then sessions. A transaction
 * that ends several sessions holds the lock of their account.
 *
 * @param also another account to lock, for a change of it
 * @throws UserError `user_not_found`, `session_ended`
 */
export async function lockActor(
  tx: Transaction,
  { userId, sid, issuedAt }: Actor,
  { also = userId }: { also?: string } = {},
): Promise<LockedActor> {
  const accounts = await tx.$queryRaw<{ id: string; roles: string[]; disabled: boolean }[]>`
    SELECT id, roles, disabled_at IS NOT NULL AS disabled FROM users
    WHERE id IN (${userId}::uuid, ${also}::uuid) ORDER BY id FOR NO KEY UPDATE`;
  const account = accounts.find(({ id }) => id === userId);
  if (account === undefined) throw new UserError('user_not_found', 'the account of the actor does not exist');
  if (account.disabled) throw new UserError('session_ended', 'the account of the actor is disabled');
  // The id of a session is a UUID: another `sid` names no session.
  const running = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sid)
    ? await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM sessions WHERE id = ${sid}::uuid AND user_id = ${userId}::uuid AND ended_at IS NULL
          AND (not_before IS NULL OR not_before < ${issuedAt}) FOR SHARE`
    : [];
  if (running.length === 0) throw new UserError('session_ended', 'the session of the access token has ended');
  return { roles: account.roles };
}
