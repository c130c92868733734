import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepUnchangedKeys } from '@auth/verify';
import type { FolderWatch } from './folder-watch.ts';
import { watchFolder } from './folder-watch.ts';
import type { HeldKey, KeyChange, KeyInForce } from './held-keys.ts';
import { difference, keep } from './held-keys.ts';
import type { FileObstacle, KeyDelivery } from './key-delivery.ts';
import { findObstacle, readMountPoints } from './key-delivery.ts';
import type { ServiceKeys } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import type { KeySource } from './load.ts';
import { nameOfSource, parseServiceKeys, readKeyText } from './load.ts';

/** The keys of a service as they are now. */
export interface KeyRing {
  /** The document in force: ask at each use, so that a removed key stops working at that moment. */
  readonly current: () => ServiceKeys;
  readonly inForce: () => readonly KeyInForce[];
  /** The same keys with a time to wait by: a clock that is set changes nothing of it. */
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
  /** Milliseconds on a clock that is never set; that of the process unless given. */
  readonly monotonicMs?: () => number;
  /** How often the file is looked at, a quarter as often while its folder is watched; 250 ms unless given. */
  readonly pollMs?: number;
  /** A changed document is in force. */
  readonly onReloaded: (change: KeyChange) => void;
  /** A changed document cannot be used: the last good one stays in force. Told once for each such document. */
  readonly onRefused: (error: KeyDocumentError) => void;
  /** Called when an obstacle keeps a changed file from arriving, at the start or later. */
  readonly onObstacle?: (obstacle: FileObstacle) => void;
}

/**
 * Loads a service's key document and, where it is a file, watches it. An event of its folder only says when to look: what
 * was read is what counts, be it written in place, renamed over, or reached through a link that was swapped (as Kubernetes
 * does with a mounted secret). Without an event the file is looked at as well, since some file systems send none.
 *
 * @throws KeyDocumentError when there is no good document to begin with
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
    // A network file system may give an old status: what was read is what counts.
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
    // Each state of the file is looked at once, also one in which it cannot be read.
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

/** The file is read in every fourth look, though its status is the same. */
const looksUntilRead = 4;

/** Tells two states of a file apart, without reading it. */
async function statusOf(file: string): Promise<string> {
  const status = await stat(file, { bigint: true }).catch(() => undefined);
  return status === undefined ? '' : [status.dev, status.ino, status.nlink, status.size, status.ctimeNs].join(' ');
}

/** A look takes moments; a file system that hangs can take it for ever. */
const unreachableAfterMs = 10_000;

function asRefusal(error: unknown): KeyDocumentError {
  if (error instanceof KeyDocumentError) return error;
  throw error;
}

/** Tells two texts apart without keeping one. */
function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
