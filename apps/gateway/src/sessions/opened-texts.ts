import type { KeyObject } from 'node:crypto';

/** What was opened: these bytes, with this key, hold this text. */
export interface Opened {
  readonly sealed: Uint8Array;
  readonly key: KeyObject;
  readonly text: string;
}

/** So many are remembered, each of some 2 KB. */
const most = 1000;

/**
 * Remembers what was opened last, by whose it is. It is no cache of sessions: whoever asks has the sealed bytes of now and
 * the keys of now, and is spared the work of opening the same again.
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
      if (texts.size > most) texts.delete(first);
    },
  };
}
