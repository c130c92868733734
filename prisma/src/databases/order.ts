import { PrismaClient } from '../../generated/order/client.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../open.ts';

export { Prisma, PrismaClient } from '../../generated/order/client.ts';
export { isDatabaseUnavailable, isNotFound, isUniqueViolation, PrismaClientKnownRequestError } from '../errors.ts';
export type { DatabaseOptions } from '../open.ts';

/** The database of the order service. */
export type OrderDb = Database<PrismaClient>;

/** The tables of the service, each with a column. The service is ready while it can write to them. */
const tables = { orders: 'id', order_items: 'position', idempotency_keys: 'key' };

/** Opens the database of the order service. Open connections keep the process alive until it is closed. */
export const openOrderDb = (options: DatabaseOptions): OrderDb =>
  openDatabase({ ...options, tables }, (prisma) => new PrismaClient(prisma));
