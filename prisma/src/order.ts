import { PrismaClient } from '../generated/order/client.ts';
import type { Database, DatabaseOptions } from './open.ts';
import { openDatabase } from './open.ts';

export { Prisma, PrismaClient } from '../generated/order/client.ts';
export { isDatabaseUnavailable, isNotFound, isUniqueViolation, PrismaClientKnownRequestError } from './errors.ts';
export type { DatabaseOptions } from './open.ts';

/** The database of the order service. */
export type OrderDb = Database<PrismaClient>;

/** Opens the database of the order service. Close it, or its connections keep the process alive. */
export const openOrderDb = (options: DatabaseOptions): OrderDb =>
  openDatabase(options, (prisma) => new PrismaClient(prisma));
