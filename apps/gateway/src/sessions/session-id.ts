import { createHash, randomBytes } from 'node:crypto';

const sessionId = /^[A-Za-z0-9_-]{43}$/;

/** Creates the value of a session cookie: 256 random bits, base64url. */
export function createSessionId(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns whether a text has the form of a session id. Other texts are not looked up. */
export function isSessionId(text: string): boolean {
  return sessionId.test(text);
}

/** Hashes a session id for the database, base64url. The id is random, so one round of SHA-256 is enough. */
export function hashSessionId(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
