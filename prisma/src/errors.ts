import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client';

export { type DatabaseTrouble, databaseTrouble, isDatabaseUnavailable, unavailableReason } from './unavailable.ts';
export { PrismaClientKnownRequestError };

/** Whether a unique value exists already. */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, 'P2002');

/** Whether the row to update or delete is missing. */
export const isNotFound = (error: unknown): boolean => hasCode(error, 'P2025');

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof PrismaClientKnownRequestError && error.code === code;
