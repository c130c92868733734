/** Why a database cannot execute a statement now that it could execute at another time. */
export type TroubleKind =
  | 'unreachable'
  | 'refused'
  | 'missing'
  | 'tls'
  | 'pooler'
  | 'busy'
  | 'locked'
  | 'conflict'
  | 'read_only'
  | 'full'
  | 'resources'
  | 'not_permitted'
  | 'not_migrated'
  | 'broken';

/** Each kind in words for operators, with the fix. */
export const troubleWords = {
  unreachable: 'the database does not answer, or is starting or stopping',
  refused: 'the database refuses the user or the password: correct DATABASE_URL, the role or pg_hba.conf',
  missing: 'the database or its schema does not exist: create it, or correct DATABASE_URL',
  tls: 'there is no trusted TLS connection to the database: correct sslmode and sslrootcert in DATABASE_URL, or the certificate',
  pooler:
    'a pooler in front of the database refuses: set DATABASE_POOLER=transaction (and DATABASE_DIRECT_URL for migrations), or look at its log',
  busy: 'no connection of the pool gets free: raise DATABASE_POOL_MAX, or find what holds them',
  locked: 'a statement took too long: a table is locked, or the database is overloaded',
  conflict: 'concurrent transactions were in conflict, and this one was rolled back',
  read_only: 'the database is read-only: a standby, a demoted primary, or default_transaction_read_only',
  full: 'the disk of the database is full',
  resources: 'the database has no memory or no connections left',
  not_permitted:
    "the database's role lacks a privilege: grant SELECT, INSERT, UPDATE and DELETE on the tables and EXECUTE on the functions",
  not_migrated: 'a table, a column or a function is missing: apply the migrations',
  broken: 'the database reports an internal error: look at its log',
} as const satisfies Record<TroubleKind, string>;

/** SQLSTATE codes (PostgreSQL, appendix A), and classes: their first two characters. A code wins over its class. */
const bySqlState: Readonly<Record<string, TroubleKind | undefined>> = {
  '08': 'unreachable',
  // Protocol violation: errors of PgBouncer itself have this code.
  '08P01': 'pooler',
  '25006': 'read_only',
  // A session, or a transaction, was idle or open for too long.
  '25P03': 'locked',
  '25P04': 'locked',
  // Prepared statements that are missing or exist twice: the server connection was used by another client.
  '26000': 'pooler',
  '28': 'refused',
  '3D': 'missing',
  '3F': 'missing',
  '40': 'conflict',
  // An integrity constraint is an error in the data.
  '40002': undefined,
  '42501': 'not_permitted',
  '42703': 'not_migrated',
  // A function that is missing.
  '42883': 'not_migrated',
  '42P01': 'not_migrated',
  '42P05': 'pooler',
  '53': 'resources',
  '53100': 'full',
  '55': 'locked',
  // "The database does not accept connections."
  '55000': 'refused',
  '57': 'unreachable',
  '57014': 'locked',
  '58': 'broken',
  '72': 'conflict',
  F0: 'broken',
  XX: 'broken',
};

/** https://www.prisma.io/docs/orm/reference/error-reference, and the kinds of errors of its adapters. */
const byPrisma: Readonly<Record<string, TroubleKind>> = {
  P1000: 'refused',
  P1001: 'unreachable',
  P1002: 'unreachable',
  P1003: 'missing',
  P1008: 'locked',
  P1010: 'refused',
  P1011: 'tls',
  P1017: 'unreachable',
  P2021: 'not_migrated',
  P2022: 'not_migrated',
  P2024: 'busy',
  P2034: 'conflict',
  P2037: 'resources',
  AuthenticationFailed: 'refused',
  ConnectionClosed: 'unreachable',
  DatabaseAccessDenied: 'refused',
  DatabaseDoesNotExist: 'missing',
  DatabaseNotReachable: 'unreachable',
  SocketTimeout: 'unreachable',
  TlsConnectionError: 'tls',
  TooManyConnections: 'resources',
  TransactionWriteConflict: 'conflict',
};

/** Messages of node-postgres that come without a code, and of Prisma with the code of every transaction failure (P2028). */
const byMessage: readonly (readonly [RegExp, TroubleKind])[] = [
  [/^Connection terminated/, 'unreachable'],
  [/^Client (?:has encountered a connection error|was closed) and is not queryable$/, 'unreachable'],
  [/^Cannot use a pool after calling end on the pool$/, 'unreachable'],
  [/^Received unexpected \w+ message from backend/, 'unreachable'],
  [/^timeout expired$/, 'unreachable'],
  [/^timeout exceeded when trying to connect$/, 'busy'],
  [/^Query read timeout$/, 'locked'],
  [/^The server does not support SSL connections$/, 'tls'],
  [/^There was an error establishing an SSL connection$/, 'tls'],
  [/^(?:SASL: |Unknown authenticationOk message type)/, 'refused'],
  [/Unable to start a transaction in the given time/, 'busy'],
  [/cannot be executed on an expired transaction/, 'locked'],
];

/** Errors of OpenSSL about a certificate, and of Node's TLS. */
const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_|ERROR_IN_|INVALID_|HOSTNAME_|EPROTO)/;

/** System calls of a connection. An error of any other call, such as `open`, does not come from the database. */
const SOCKET_CALL = /^(?:connect|read|write|getaddrinfo|shutdown|bind)$/;

/** The kind of a SQLSTATE, of a code of Prisma, or of a code of Node that came with a call of the operating system. */
export function kindOfCode(code: unknown, syscall: unknown): TroubleKind | undefined {
  if (typeof code !== 'string') return undefined;
  if (Object.hasOwn(byPrisma, code)) return byPrisma[code];
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code))
    return Object.hasOwn(bySqlState, code) ? bySqlState[code] : bySqlState[code.slice(0, 2)];
  if (TLS_CODE.test(code)) return 'tls';
  return /^E[A-Z0-9]+$/.test(code) && SOCKET_CALL.test(String(syscall)) ? 'unreachable' : undefined;
}

/** The kind of an error without a specific code. */
export const kindOfMessage = (message: unknown): TroubleKind | undefined =>
  typeof message === 'string' ? byMessage.find(([pattern]) => pattern.test(message))?.[1] : undefined;
