import { PrismaClient } from '../../generated/user/client.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../open.ts';

export { Prisma, PrismaClient } from '../../generated/user/client.ts';
export { isDatabaseUnavailable, isNotFound, isUniqueViolation, PrismaClientKnownRequestError } from '../errors.ts';
export type { DatabaseOptions } from '../open.ts';

/** The database of the user service. */
export type UserDb = Database<PrismaClient>;

/** The tables of the service, each with a column. The service is ready while it can write to them. */
const tables = {
  users: 'id',
  sessions: 'id',
  refresh_tokens: 'session_id',
  revocation_events: 'keep_until',
  // Without these two no revocation is published.
  leases: 'duty',
  revocation_feed: 'last',
};

/** Created by a migration. */
const functions = ['exchange_refresh_token'];

/** Opens the database of the user service. Open connections keep the process alive until it is closed. */
export const openUserDb = (options: DatabaseOptions): UserDb =>
  openDatabase({ ...options, tables, functions }, (prisma) => new PrismaClient(prisma));
