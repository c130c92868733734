import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createOpenedTexts } from './opened-texts.ts';

/** A key that seals what the database keeps. */
export interface SealKey {
  readonly kid: string;
  /** 256 bits. */
  readonly key: KeyObject;
}

export type Sealed = Uint8Array<ArrayBuffer>;

/** Hides texts from whoever has the database and not the keys. */
export interface Seal {
  /** @param context what the text is and whose: what was sealed as something else, or for another, does not open */
  seal(text: string, context: string): Sealed;
  /** `undefined` for what is not whole, is not of this context, or was sealed with a key that is gone. */
  open(sealed: Uint8Array, context: string): string | undefined;
  /** The same for what is opened with every request: the text is remembered, and found again a good deal faster. */
  openOften(sealed: Uint8Array, context: string): string | undefined;
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce each time, as `length of kid | kid | nonce | ciphertext | tag`.
 * The first key seals, every key opens.
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
