import { PrismaClient } from '../../generated/product/client.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../open.ts';

export { Prisma, PrismaClient } from '../../generated/product/client.ts';
export { isDatabaseUnavailable, isNotFound, isUniqueViolation, PrismaClientKnownRequestError } from '../errors.ts';
export type { DatabaseOptions } from '../open.ts';

/** The database of the product service. */
export type ProductDb = Database<PrismaClient>;

/** The tables of the service, each with a column. The service is ready while it can write to them. */
const tables = { products: 'id' };

/** Opens the database of the product service. Open connections keep the process alive until it is closed. */
export const openProductDb = (options: DatabaseOptions): ProductDb =>
  openDatabase({ ...options, tables }, (prisma) => new PrismaClient(prisma));
