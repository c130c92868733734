import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceKeys } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import type { KeySource } from './load.ts';
import { nameOfSource, parseServiceKeys, readKeyText } from './load.ts';
import type { LoadedKey } from './loaded-keys.ts';

/** A key in force, and since when this process has it in this state (seconds since 1970). */
export interface KeyInForce extends LoadedKey {
  readonly since: number;
}

/** The keys of a service as they are now. */
export interface KeyRing {
  /** The document in force: ask at each use, so that a removed key stops working at that moment. */
  readonly current: () => ServiceKeys;
  readonly inForce: () => readonly KeyInForce[];
  /** Stops watching. */
  close(): void;
}

export interface KeyRingOptions {
  readonly service: string;
  readonly source: KeySource;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How often the file is looked at; 250 ms unless given. */
  readonly pollMs?: number;
  /** A changed document is in force. */
  readonly onReloaded: (change: KeyChange) => void;
  /** A changed document cannot be used: the last good one stays in force. Told once for each such document. */
  readonly onRefused: (error: KeyDocumentError) => void;
}

/** What a reload changed, as `kid` and state. */
export interface KeyChange {
  readonly added: readonly LoadedKey[];
  readonly removed: readonly LoadedKey[];
}

/**
 * Loads a service's key document and, where it is a file, watches it. Looks at the file itself and not for events of its
 * folder: what was read is what counts, be it written in place, renamed over, or reached through a link that was swapped
 * (as Kubernetes does with a mounted secret), also on file systems that send no events.
 *
 * @throws KeyDocumentError when there is no good document to begin with
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { service, source, now, pollMs = 250, onReloaded, onRefused } = options;
  const text = await readKeyText(source);
  const stopped = new AbortController();
  let seen = fingerprint(text);
  let keys = parseServiceKeys(service, text, source);
  let inForce = keep([], keys.loaded, now());

  async function look(): Promise<void> {
    const found = await readKeyText(source).catch(asRefusal);
    // Each state of the file is looked at once, also one in which it cannot be read.
    const mark = typeof found === 'string' ? fingerprint(found) : found.message;
    if (stopped.signal.aborted || mark === seen) return;
    seen = mark;
    try {
      if (typeof found !== 'string') throw found;
      put(parseServiceKeys(service, found, source));
    } catch (error) {
      onRefused(asRefusal(error));
    }
  }

  function put(found: ServiceKeys): void {
    if (found.issuer !== keys.issuer) {
      const problem = 'issuer.iss is another one now: restart the service to change it';
      throw new KeyDocumentError(nameOfSource(source), problem);
    }
    const change = difference(keys.loaded, found.loaded);
    keys = found;
    inForce = keep(inForce, keys.loaded, now());
    onReloaded(change);
  }

  async function watch(): Promise<void> {
    while (!stopped.signal.aborted) {
      await delay(pollMs, undefined, { ref: false, signal: stopped.signal }).catch(() => undefined);
      if (!stopped.signal.aborted) await look();
    }
  }

  if ('file' in source) void watch();
  return { current: () => keys, inForce: () => inForce, close: () => stopped.abort() };
}

function asRefusal(error: unknown): KeyDocumentError {
  if (error instanceof KeyDocumentError) return error;
  throw error;
}

/** Tells two texts apart without keeping one. */
function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

const nameOf = ({ kid, member, state }: LoadedKey): string => `${member} ${kid} ${state}`;

/** A key that was there in the same state has been in force all along. */
function keep(before: readonly KeyInForce[], loaded: readonly LoadedKey[], time: number): readonly KeyInForce[] {
  const since = new Map(before.map((key) => [nameOf(key), key.since]));
  return loaded.map((key) => ({ ...key, since: since.get(nameOf(key)) ?? time }));
}

function difference(before: readonly LoadedKey[], after: readonly LoadedKey[]): KeyChange {
  const old = new Set(before.map(nameOf));
  const fresh = new Set(after.map(nameOf));
  return {
    added: after.filter((key) => !old.has(nameOf(key))),
    removed: before.filter((key) => !fresh.has(nameOf(key))),
  };
}
