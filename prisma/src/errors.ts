import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client';

export { type DatabaseTrouble, databaseTrouble, isDatabaseUnavailable, unavailableReason } from './unavailable.ts';
export { PrismaClientKnownRequestError };

/** A value that has to be unique is there already. */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, 'P2002');

/** The row to update or delete is not there. */
export const isNotFound = (error: unknown): boolean => hasCode(error, 'P2025');

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof PrismaClientKnownRequestError && error.code === code;
