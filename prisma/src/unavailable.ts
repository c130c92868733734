import { kindOfCode, kindOfMessage, type TroubleKind, troubleWords } from './trouble-kinds.ts';

/** The reason why a database could not execute a statement. */
export interface DatabaseTrouble {
  readonly kind: TroubleKind;
  /** The reason for operators, followed by the database's message. Holds no password and no data of a row. */
  readonly reason: string;
}

/**
 * Finds the reason of an error that comes from the state of the database and not from the statement: it is down, full, locked,
 * read-only, refuses the login and so on. Reads the errors of Prisma and of node-postgres. `undefined` for an error of a working
 * database, such as a violated constraint, and for every other error.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  const shapes = [driverCause(read(error, 'meta', 'driverAdapterError')), driverCause(error), error];
  for (const shape of shapes) {
    const kind = kindOf(shape);
    if (kind !== undefined) return { kind, reason: [troubleWords[kind], ...ownWords(shape)].join(': ') };
  }
  return undefined;
}

/** The reason of a 503 in two words, for a log line; `undefined` when the database is not the cause. */
export function unavailableReason(error: unknown): string | undefined {
  const trouble = databaseTrouble(error);
  return trouble && `database: ${trouble.kind}`;
}

/** Whether an error is answered 503, since the database cannot execute the statement now. */
export const isDatabaseUnavailable = (error: unknown): boolean => databaseTrouble(error) !== undefined;

/** The error of the driver. Causes of other errors are ignored: a failed fetch has a similar one. */
const driverCause = (error: unknown): unknown =>
  read(error, 'name') === 'DriverAdapterError' ? read(error, 'cause') : undefined;

function kindOf(shape: unknown): TroubleKind | undefined {
  const [code, message] = [codeOf(shape), read(shape, 'message')];
  // One code for every failure of a transaction, most of them mistakes in the code.
  if (code === undefined || code === 'P2028') return kindOfMessage(message) ?? kindOfCode(read(shape, 'kind'), '');
  return kindOfCode(code, read(shape, 'syscall'));
}

const codeOf = (shape: unknown): unknown =>
  read(shape, 'originalCode') ?? read(shape, 'code') ?? read(shape, 'errorCode');

/** The last line of a message: Prisma's messages begin with an excerpt of code. */
function ownWords(shape: unknown): string[] {
  const [code, said] = [
    codeOf(shape),
    read(shape, 'originalMessage') ?? read(shape, 'reason') ?? read(shape, 'message'),
  ];
  const message = typeof said === 'string' ? said.trim().split('\n').at(-1) : undefined;
  if (!message) return typeof code === 'string' ? [code] : [];
  return [typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message];
}

/** Reads a member in place of `instanceof Error`, which is false for errors of Node's core in Jest's realm. */
const read = (value: unknown, key: string, ...more: readonly string[]): unknown => {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  const [next, ...rest] = more;
  return next === undefined ? member : read(member, next, ...rest);
};
