import { createHmac } from 'node:crypto';

/**
 * The two forms of a stored password hash.
 *
 * `bcrypt-sha256`: the input of bcrypt is base64 of HMAC-SHA-256 of the password, with bcrypt's own salt as the key. Those
 * 44 characters contain no NUL and fit into the 72 bytes that bcrypt reads, for a password of any length. With the salt
 * as the key, unsalted hashes stolen from another site cannot be tried as passwords ("shucking"), and there is no secret
 * to lose. The format is that of passlib: `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<checksum>`.
 *
 * `bcrypt`: the input of bcrypt is the password, at most 72 bytes. The format is that of bcrypt:
 * `$2b$12$<salt><checksum>`.
 */
export type HashForm = 'bcrypt-sha256' | 'bcrypt';

/** A parsed password hash. */
export interface PasswordHash {
  readonly form: HashForm;
  /** The base-2 logarithm of the rounds. */
  readonly cost: number;
  /** Salt and checksum as bcrypt writes them: `$2b$12$…`. */
  readonly bcrypt: string;
}

const prefixOfBcrypt = /^\$2[ab]\$(\d\d)\$(?=[./A-Za-z\d]{53}$)/;
const prefixOfBcryptSha256 = /^\$bcrypt-sha256\$v=2,t=2b,r=([1-9]\d?)\$(?=[./A-Za-z\d]{22}\$[./A-Za-z\d]{31}$)/;
/** `BCRYPT_COST` is 10 to 14, and less in tests. A row with a cost of 31 would keep bcrypt busy for days. */
const minCost = 4;
const maxCost = 14;
const bcryptMaxBytes = 72;
const saltLength = 22;

/** Parses a stored hash. Returns `undefined` for a text of neither form, and for a cost that is never used. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const found = prefixOfBcrypt.exec(text) ?? prefixOfBcryptSha256.exec(text);
  if (found === null) return undefined;
  const [prefix, digits] = found;
  const cost = Number(digits);
  if (cost < minCost || cost > maxCost) return undefined;
  if (prefix.startsWith('$2')) return { form: 'bcrypt', cost, bcrypt: text };
  return { form: 'bcrypt-sha256', cost, bcrypt: `${bcryptPrefix(cost)}${text.slice(prefix.length).replace('$', '')}` };
}

/** Formats a bcrypt hash for storage. */
export function formatPasswordHash({ form, cost, bcrypt }: PasswordHash): string {
  if (form === 'bcrypt') return bcrypt;
  const [salt, checksum] = [saltOf(bcrypt), bcrypt.slice(bcryptPrefix(cost).length + saltLength)];
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${checksum}`;
}

/**
 * Returns the input of bcrypt for a normalised password; `undefined` when the password is too long for the form `bcrypt`.
 *
 * @param hash.bcrypt a hash, or a salt as bcrypt generates it
 */
export function bcryptInput(password: string, { form, bcrypt }: Pick<PasswordHash, 'form' | 'bcrypt'>) {
  if (form === 'bcrypt') return fitsBcrypt(password) ? password : undefined;
  return createHmac('sha256', saltOf(bcrypt)).update(password).digest('base64');
}

/** Whether bcrypt reads the whole password. */
export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= bcryptMaxBytes;
}

/** Returns a well-formed hash that matches no password. bcrypt would return at once for a malformed one. */
export function dummyHash(form: HashForm, cost: number): PasswordHash {
  return { form, cost, bcrypt: `${bcryptPrefix(cost)}${'.'.repeat(saltLength)}${'u'.repeat(31)}` };
}

function bcryptPrefix(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$`;
}

function saltOf(bcrypt: string): string {
  const begin = bcryptPrefix(0).length;
  return bcrypt.slice(begin, begin + saltLength);
}
