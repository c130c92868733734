import type { TroubleKind } from './trouble-kinds.ts';
import { kindOfCode, kindOfMessage, troubleWords } from './trouble-kinds.ts';

/** Why a database could not do what it was asked to. */
export interface DatabaseTrouble {
  readonly kind: TroubleKind;
  /** In words for operators, followed by the database's own. Holds no password and nothing of a row. */
  readonly reason: string;
}

/**
 * Why `error` was thrown, where the reason is the state of the database and not the statement: it is down, full,
 * locked, read-only, refuses the login and so on, in any of the shapes in which that comes through Prisma and node-postgres.
 * `undefined` for an objection of a database that works, such as a violated constraint, and for every other error.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  const shapes = [driverCause(read(error, 'meta', 'driverAdapterError')), driverCause(error), error];
  for (const shape of shapes) {
    const kind = kindOf(shape);
    if (kind !== undefined) return { kind, reason: [troubleWords[kind], ...ownWords(shape)].join(': ') };
  }
  return undefined;
}

/** Why a request is answered with 503, in two words for its log line; `undefined` when the database is not to blame. */
export function unavailableReason(error: unknown): string | undefined {
  const trouble = databaseTrouble(error);
  return trouble && `database: ${trouble.kind}`;
}

/** Whether `error` is to be answered with 503, since the database cannot do now what it was asked to. */
export const isDatabaseUnavailable = (error: unknown): boolean => databaseTrouble(error) !== undefined;

/** What the driver said. The cause of any other error is none of our business: a failed fetch has one just like it. */
const driverCause = (error: unknown): unknown =>
  read(error, 'name') === 'DriverAdapterError' ? read(error, 'cause') : undefined;

function kindOf(shape: unknown): TroubleKind | undefined {
  const [code, message] = [codeOf(shape), read(shape, 'message')];
  // One code for every trouble with a transaction, most of them our own mistakes.
  if (code === undefined || code === 'P2028') return kindOfMessage(message) ?? kindOfCode(read(shape, 'kind'), '');
  return kindOfCode(code, read(shape, 'syscall'));
}

const codeOf = (shape: unknown): unknown =>
  read(shape, 'originalCode') ?? read(shape, 'code') ?? read(shape, 'errorCode');

/** Of Prisma's own messages the first line is a placeholder for code of ours. */
function ownWords(shape: unknown): string[] {
  const [code, said] = [
    codeOf(shape),
    read(shape, 'originalMessage') ?? read(shape, 'reason') ?? read(shape, 'message'),
  ];
  const message = typeof said === 'string' ? said.trim().split('\n').at(-1) : undefined;
  if (!message) return typeof code === 'string' ? [code] : [];
  return [typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message];
}

/** By structure: an error of Node's core is no `instanceof Error` in a realm of its own, as in Jest's. */
const read = (value: unknown, key: string, ...more: readonly string[]): unknown => {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  const [next, ...rest] = more;
  return next === undefined ? member : read(member, next, ...rest);
};
