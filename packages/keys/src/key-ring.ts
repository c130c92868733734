import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepUnchangedKeys } from '@auth/verify';
import { type FolderWatch, watchFolder } from './folder-watch.ts';
import { difference, type HeldKey, type KeyChange, type KeyInForce, keep } from './held-keys.ts';
import { type FileObstacle, findObstacle, type KeyDelivery, readMountPoints } from './key-delivery.ts';
import type { ServiceKeys } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import { type KeySource, nameOfSource, parseServiceKeys, readKeyText } from './load.ts';

/** The current keys of a service, which follow its document. */
export interface KeyRing {
  /** Returns the document in force. Call it at each use, so that a removed key stops working at once. */
  readonly current: () => ServiceKeys;
  /** The keys in force, with times on the clock. */
  readonly inForce: () => readonly KeyInForce[];
  /** The keys in force, with times on a monotonic clock, for rotations to wait by. */
  readonly held: () => readonly HeldKey[];
  /** Whether a changed document reaches this process. */
  readonly delivery: () => KeyDelivery;
  /** Stops watching. */
  close(): void;
}

export interface KeyRingOptions {
  readonly service: string;
  readonly source: KeySource;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Milliseconds on a monotonic clock; that of the process unless given. */
  readonly monotonicMs?: () => number;
  /** The interval of looks at the file in ms; four times as long while its folder is watched. 250 unless given. */
  readonly pollMs?: number;
  /** Called when a changed document is in force. */
  readonly onReloaded: (change: KeyChange) => void;
  /** Called once for each changed document that cannot be used: the last good one stays in force. */
  readonly onRefused: (error: KeyDocumentError) => void;
  /** Called when an obstacle keeps a changed file from arriving, at the start or later. */
  readonly onObstacle?: (obstacle: FileObstacle) => void;
}

/**
 * Loads a service's key document and watches its file. An event of the folder is only a hint to look: the content of the
 * file decides, whether the file was written in place, replaced by a rename, or reached through a link that was swapped (as
 * Kubernetes does with a mounted secret). The file is looked at without events as well, since some file systems send none.
 *
 * @throws KeyDocumentError when there is no valid document at the start
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { service, source, now, monotonicMs = () => performance.now(), pollMs = 250, onReloaded, onRefused } = options;
  const text = await readKeyText(source);
  const mountPoints = 'file' in source ? await readMountPoints() : new Set<string>();
  const folder = 'file' in source ? watchFolder({ folder: dirname(source.file), pollMs }) : undefined;
  const stopped = new AbortController();
  let seen = fingerprint(text);
  let keys = parseServiceKeys(service, text, source);
  let held = keep([], keys.loaded, { at: now(), fromMs: monotonicMs() });
  let obstacle: FileObstacle | undefined;
  let isRefused = false;
  let lookedAtMs = monotonicMs();
  let looks = 0;
  let seenStatus: string | undefined;

  async function look(): Promise<void> {
    const mark = 'file' in source ? await statusOf(source.file) : '';
    looks += 1;
    // A network file system may report an old status, so the file is also read at times when that is the same.
    if (mark !== seenStatus || looks % looksUntilRead === 0) {
      if (mark !== seenStatus) folder?.renew();
      seenStatus = mark;
      await lookForObstacle();
      await lookForChange();
    }
    lookedAtMs = monotonicMs();
  }

  async function lookForObstacle(): Promise<void> {
    const found = 'file' in source ? await findObstacle(source.file, mountPoints) : undefined;
    if (stopped.signal.aborted || found === obstacle) return;
    obstacle = found;
    if (found !== undefined) options.onObstacle?.(found);
  }

  async function lookForChange(): Promise<void> {
    const found = await readKeyText(source).catch(asRefusal);
    // Each state of the file is reported once, also one in which it cannot be read.
    const mark = typeof found === 'string' ? fingerprint(found) : found.message;
    if (stopped.signal.aborted || mark === seen) return;
    seen = mark;
    isRefused = false;
    try {
      if (typeof found !== 'string') throw found;
      put(parseServiceKeys(service, found, source));
    } catch (error) {
      isRefused = true;
      onRefused(asRefusal(error));
    }
  }

  function put(found: ServiceKeys): void {
    if (found.issuer !== keys.issuer) {
      const problem = 'issuer.iss is another one now: restart the service to change it';
      throw new KeyDocumentError(nameOfSource(source), problem);
    }
    const change = difference(keys.loaded, found.loaded);
    keys = { ...found, publicKeys: keepUnchangedKeys(keys.publicKeys, found.publicKeys) };
    held = keep(held, keys.loaded, { at: now(), fromMs: monotonicMs() });
    onReloaded(change);
  }

  async function watch(folder: FolderWatch): Promise<void> {
    while (!stopped.signal.aborted) {
      await folder.next();
      if (!stopped.signal.aborted) await look();
    }
  }

  function delivery(): KeyDelivery {
    if (!('file' in source)) return 'text';
    if (obstacle === 'replaced') return obstacle;
    if (monotonicMs() - lookedAtMs > unreachableAfterMs) return 'unreachable';
    if (isRefused) return 'refused';
    return obstacle ?? 'watched';
  }

  if (folder !== undefined) {
    folder.renew();
    await lookForObstacle();
    void watch(folder);
  }
  return {
    current: () => keys,
    inForce: () => held.map(({ fromMs: _, ...key }) => key),
    held: () => held.map(({ fromMs, since: _, ...key }) => ({ ...key, heldSeconds: (monotonicMs() - fromMs) / 1000 })),
    delivery,
    close() {
      stopped.abort();
      folder?.close();
    },
  };
}

/** In every fourth look the file is read with the same status as well. */
const looksUntilRead = 4;

/** Returns a text that differs when the file has changed, without reading the file. */
async function statusOf(file: string): Promise<string> {
  const status = await stat(file, { bigint: true }).catch(() => undefined);
  return status === undefined ? '' : [status.dev, status.ino, status.nlink, status.size, status.ctimeNs].join(' ');
}

/** The time in ms after which a look has failed: on a file system that hangs it never ends. */
const unreachableAfterMs = 10_000;

function asRefusal(error: unknown): KeyDocumentError {
  if (error instanceof KeyDocumentError) return error;
  throw error;
}

/** Hashes a text, so that a change is found without keeping the secrets in it. */
function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
