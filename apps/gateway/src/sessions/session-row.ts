import type { Session } from './session.ts';

type Times = 'accessExpiresAt' | 'refreshAt' | 'createdAt' | 'lastUsedAt' | 'expiresAt';

/** A session as Prisma reads it. */
type Row = Omit<Session, 'hash' | Times> & { readonly hash: Uint8Array } & Readonly<Record<Times, Date>>;

/** Converts a row to a session. */
export function sessionOf(row: Row): Session {
  const { id, userId, sid, roles, scope, accessToken } = row;
  return {
    hash: hashOf(row.hash),
    id,
    userId,
    sid,
    roles,
    scope,
    accessToken,
    accessExpiresAt: secondsOf(row.accessExpiresAt),
    refreshAt: secondsOf(row.refreshAt),
    ...timesOf(row),
  };
}

export function timesOf(row: Pick<Row, 'createdAt' | 'lastUsedAt' | 'expiresAt'>) {
  return {
    createdAt: secondsOf(row.createdAt),
    lastUsedAt: secondsOf(row.lastUsedAt),
    expiresAt: secondsOf(row.expiresAt),
  };
}

export function bytesOf(hash: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hash, 'base64url'));
}

export function hashOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

export function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

function secondsOf(date: Date): number {
  return date.getTime() / 1000;
}
