import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

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
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce each time, as `length of kid | kid | nonce | ciphertext | tag`.
 * The first key seals, every key opens.
 */
export function createSeal(keys: () => readonly SealKey[]): Seal {
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
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const ivAt = 1 + (bytes[0] ?? 0);
      if (bytes.length < ivAt + ivBytes + tagBytes) return undefined;
      const kid = bytes.toString('latin1', 1, ivAt);
      const found = keys().find((key) => key.kid === kid);
      if (found === undefined) return undefined;
      const textAt = ivAt + ivBytes;
      const tagAt = bytes.length - tagBytes;
      const decipher = createDecipheriv(algorithm, found.key, bytes.subarray(ivAt, textAt));
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(tagAt));
      try {
        return decipher.update(bytes.subarray(textAt, tagAt), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
