import type { UserDb } from '@auth/db/user';
import type { Transaction } from '../feed/cut-off-store.ts';
import { transactionLimits } from '../feed/cut-off-store.ts';
import { createTurns } from '../limits/keyed-mutex.ts';
import { UserError } from '../user-error.ts';
import type { Actor } from './actor.ts';

/** Runs work for an actor in a transaction that holds the locks of `lockActor`. */
export type AsActor = <T>(actor: Actor, work: (tx: Transaction, actor: LockedActor) => Promise<T>) => Promise<T>;

export interface LockedActor {
  readonly roles: readonly string[];
}

/**
 * Opens the way by which an owner changes an account or its sessions. Changes of one account run one after the other, so
 * that many of them hold one connection and not all.
 */
export function createAsActor({ client }: Pick<UserDb, 'client'>): AsActor {
  const inTurn = createTurns();
  return (actor, work) =>
    inTurn(actor.userId, () =>
      client.$transaction(async (tx) => work(tx, await lockActor(tx, actor)), transactionLimits),
    );
}

/**
 * Checks that the actor may still act: the account is enabled, the session of the access token has not ended, and its
 * claims were not cut off. Both rows stay locked until the transaction ends, so that the result stays true. Permissions
 * are not checked here.
 *
 * Locks are taken in one order everywhere, so that no two transactions wait for each other: accounts by id, then sessions.
 * A transaction that ends several sessions holds the lock of their account.
 *
 * @param also another account to lock, for a change of it
 * @throws UserError `user_not_found`, `session_over`
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
  if (account === undefined) throw new UserError('user_not_found', 'the account that acts is gone');
  if (account.disabled) throw new UserError('session_over', 'the account that acts is disabled');
  // Every session here has a UUID: any other `sid` names no session.
  const running = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sid)
    ? await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM sessions WHERE id = ${sid}::uuid AND user_id = ${userId}::uuid AND ended_at IS NULL
          AND (not_before IS NULL OR not_before < ${issuedAt}) FOR SHARE`
    : [];
  if (running.length === 0) throw new UserError('session_over', 'the session of the access token does not run');
  return { roles: account.roles };
}
