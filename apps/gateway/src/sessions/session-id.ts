import { createHash, randomBytes } from 'node:crypto';

const sessionId = /^[A-Za-z0-9_-]{43}$/;

/** What a session cookie holds: 256 random bits, which say nothing. */
export function createSessionId(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text can be a session id at all: what cannot is not looked up. */
export function isSessionId(text: string): boolean {
  return sessionId.test(text);
}

/** What is stored of it, base64url. It is random, so one round of SHA-256 is enough. */
export function hashSessionId(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
