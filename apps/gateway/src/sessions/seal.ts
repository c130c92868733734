import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

/** A key that encrypts tokens in the database. */
export interface SealKey {
  readonly kid: string;
  /** 256 bits. */
  readonly key: KeyObject;
}

export type Sealed = Uint8Array<ArrayBuffer>;

/** Encrypts texts, so that a copy of the database without the keys does not reveal them. */
export interface Seal {
  /** Encrypts a text. @param context the purpose and the owner: a text opens only with the same context */
  seal(text: string, context: string): Sealed;
  /** Decrypts a text; `undefined` for a damaged one, for another context, or for a key that was removed. */
  open(sealed: Uint8Array, context: string): string | undefined;
  /** Decrypts a text that each request needs: like `open`, with a cache of decrypted texts. */
  openOften(sealed: Uint8Array, context: string): string | undefined;
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Creates the seal: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, as `length of kid | kid | nonce |
 * ciphertext | tag`. The first key encrypts, every key decrypts.
 */
export function createSeal(keys: () => readonly SealKey[]): Seal {
  const opened = createOpenedTexts();
  const keyOf = (sealed: Uint8Array) => {
    const kid = kidOf(sealed);
    return keys().find((key) => key.kid === kid)?.key;
  };
  return {
    seal(text, context) {
      const [first] = keys();
      if (first === undefined) throw new Error('no key to seal with');
      const kid = Buffer.from(first.kid, 'latin1');
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, first.key, iv).setAAD(Buffer.from(context));
      const body = [cipher.update(text, 'utf8'), cipher.final()];
      return new Uint8Array(Buffer.concat([Buffer.of(kid.length), kid, iv, ...body, cipher.getAuthTag()]));
    },

    open(sealed, context) {
      const key = keyOf(sealed);
      return key && decipher(sealed, key, context);
    },

    openOften(sealed, context) {
      const key = keyOf(sealed);
      if (key === undefined) return undefined;
      const known = opened.find(context, sealed, key);
      if (known !== undefined) return known;
      const text = decipher(sealed, key, context);
      if (text !== undefined) opened.remember(context, { sealed, key, text });
      return text;
    },
  };
}

function kidOf(sealed: Uint8Array): string {
  return bytesOf(sealed).toString('latin1', 1, ivStart(sealed));
}

function decipher(sealed: Uint8Array, key: KeyObject, context: string): string | undefined {
  const bytes = bytesOf(sealed);
  const ivAt = ivStart(sealed);
  const bodyAt = ivAt + ivBytes;
  const tagAt = bytes.length - tagBytes;
  if (tagAt < bodyAt) return undefined;
  const opening = createDecipheriv(algorithm, key, bytes.subarray(ivAt, bodyAt));
  opening.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(tagAt));
  try {
    return opening.update(bytes.subarray(bodyAt, tagAt), undefined, 'utf8') + opening.final('utf8');
  } catch {
    return undefined;
  }
}

function ivStart(sealed: Uint8Array): number {
  return 1 + (sealed[0] ?? 0);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A decrypted text, with the bytes and the key that it came from. */
interface Opened {
  readonly sealed: Uint8Array;
  readonly key: KeyObject;
  readonly text: string;
}

/** The most decrypted texts in the cache, of about 2 KB each. */
const maxOpened = 1000;

/**
 * Creates a cache of decrypted texts, by context. It is no cache of sessions: a look-up needs the current encrypted bytes
 * and the current key, and only saves the decryption.
 */
export function createOpenedTexts() {
  const texts = new Map<string, Opened>();
  return {
    find(context: string, sealed: Uint8Array, key: KeyObject): string | undefined {
      const known = texts.get(context);
      if (known === undefined || known.key !== key || Buffer.compare(known.sealed, sealed) !== 0) return undefined;
      return known.text;
    },
    remember(context: string, opened: Opened): void {
      texts.set(context, opened);
      const [first = context] = texts.keys();
      if (texts.size > maxOpened) texts.delete(first);
    },
  };
}
