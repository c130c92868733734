import { PrismaClient } from '../../generated/gateway/client.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../open.ts';

export { Prisma, PrismaClient } from '../../generated/gateway/client.ts';
export { isDatabaseUnavailable, isNotFound, isUniqueViolation, PrismaClientKnownRequestError } from '../errors.ts';
export type { DatabaseOptions } from '../open.ts';

/** The database of the gateway. */
export type GatewayDb = Database<PrismaClient>;

/** The tables of the service, each with a column. The service is ready while it can write to them. */
const tables = { sessions: 'hash', ended_cookies: 'hash' };

/** Opens the database of the gateway. Open connections keep the process alive until it is closed. */
export const openGatewayDb = (options: DatabaseOptions): GatewayDb =>
  openDatabase({ ...options, tables }, (prisma) => new PrismaClient(prisma));
