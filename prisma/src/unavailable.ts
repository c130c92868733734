/** https://www.prisma.io/docs/orm/reference/error-reference: unreachable, timed out, closed, no connection to be had. */
const PRISMA = ['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'];
/** Shutting down, crashed, starting, session ended, too many connections (PostgreSQL, appendix A). Class 08 as well. */
const POSTGRES = ['57P01', '57P02', '57P03', '57P05', '53300'];
const SOCKET = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];
const NETWORK = ['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'];
const CODES = new Set([...PRISMA, ...POSTGRES, ...SOCKET, ...NETWORK]);

/** What Prisma's adapter makes of some of these before the client has given them a code. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** node-postgres throws these without a code. */
const MESSAGES = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
]);

/** P2028 stands for every trouble with a transaction. Only this one is the database's. */
const NO_TRANSACTION = 'Unable to start a transaction in the given time';

/**
 * Whether `error` shows that the database is down, unreachable, starting or out of connections, in any of the shapes in
 * which that comes through Prisma and node-postgres: to be answered with 503. An objection of a database that works
 * is not one, nor is a wrong password, a missing database, or a statement that took too long.
 */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  [error, driverCause(error), driverCause(read(read(error, 'meta'), 'driverAdapterError'))].some(isTrouble);

/** What the driver said. The cause of any other error is none of our business: a failed fetch has one just like it. */
const driverCause = (error: unknown): unknown =>
  read(error, 'name') === 'DriverAdapterError' ? read(error, 'cause') : undefined;

function isTrouble(error: unknown): boolean {
  const [code, message] = [read(error, 'code') ?? read(error, 'errorCode'), read(error, 'message')];
  if (code === 'P2028') return typeof message === 'string' && message.includes(NO_TRANSACTION);
  if (code === undefined && typeof message === 'string' && MESSAGES.has(message)) return true;
  return isTroubleCode(code) || isTroubleCode(read(error, 'originalCode')) || KINDS.has(String(read(error, 'kind')));
}

const isTroubleCode = (code: unknown): boolean =>
  typeof code === 'string' && (CODES.has(code) || /^08[0-9A-Z]{3}$/.test(code));

/** By structure: an error of Node's core is no `instanceof Error` in a realm of its own, as in Jest's. */
const read = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
