import type { KeyDocument } from '@auth/keys/key-document';
import { changedDocuments, type Folder, withDocuments } from './folder.ts';
import type { Gate, Need } from './gate.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { AnyKey, KeyKind, Order } from './key-kind.ts';

/** Documents to write, and what must hold before. */
export interface Change {
  /** In the order in which they must be written: after each of them, no request is refused. */
  readonly writes: readonly KeyDocument[];
  readonly needs: readonly Need[];
}

/** One step of a rotation. */
export interface Step extends Change {
  /** The report of what the step did: `published order.product.2 at both ends`. */
  readonly did: string;
  /** The same for a report that the step has to wait; `did` unless given. */
  readonly waiting?: string;
  /** Advice for the operator: what comes after this step. */
  readonly next: string;
  /** Whether the rotation is complete with this step. */
  readonly last: boolean;
}

/** The removal of a key at once: the steps of a rotation, without their waiting times. */
export interface Revocation {
  readonly changes: readonly Change[];
  /** The key that replaces the revoked one; absent when the revoked key was not the active one. */
  readonly successor: string | undefined;
}

/** Whether a rotation has begun and not ended, or a step was interrupted. */
export function isUnderWay<Key extends AnyKey>(kind: KeyKind<Key>, folder: Folder): boolean {
  const { keys } = kind.read(folder);
  return keys.some(({ state }) => state !== 'active') || writesOf(kind, folder, keys, 'adding').length > 0;
}

/**
 * Plans the next step of a rotation: complete a step that was interrupted; else remove the retiring key; else switch to the
 * pending key; else publish a new one. It depends on the documents and the settings that replicas report, and on nothing else.
 *
 * @throws KeyCommandError when the documents must be repaired first
 */
export async function planRotation<Key extends AnyKey>(
  kind: KeyKind<Key>,
  folder: Folder,
  setting: Gate['setting'],
): Promise<Step> {
  const { keys, halfRemoved, problem } = kind.read(folder);
  if (problem !== undefined) throw new KeyCommandError(problem);
  const interrupted = writesOf(kind, folder, keys, halfRemoved.length > 0 ? 'removing' : 'adding');
  if (interrupted.length > 0) return completion(keys, halfRemoved, interrupted);
  const old = keys.filter(({ state }) => state === 'retiring');
  const active = keys.find(({ state }) => state === 'active');
  if (old.length > 0 && active !== undefined) {
    return {
      did: `removed ${kidsOf(old)} ${kind.place}`,
      writes: writesOf(kind, folder, without(keys, old), 'removing'),
      needs: kind.beforeRemoval(active.kid, setting),
      next: complete,
      last: true,
    };
  }
  const pending = keys.find(({ state }) => state === 'pending');
  if (pending !== undefined) {
    return {
      did: `${kind.use} with ${pending.kid} from now on`,
      writes: writesOf(kind, folder, switched(keys, pending), 'adding'),
      needs: kind.beforeUse(pending.kid, folder, setting),
      next: kind.next.switched,
      last: false,
    };
  }
  const fresh = await kind.make();
  return {
    did: `published ${fresh.kid} ${kind.place}`,
    // The next attempt makes another key.
    waiting: `a new key is published ${kind.place}`,
    writes: writesOf(kind, folder, [...keys, fresh], 'adding'),
    // A pending key signs nothing, so a replica that does not have it yet refuses nothing.
    needs: kind.beforePublication?.(folder) ?? [],
    next: kind.next.published,
    last: false,
  };
}

/**
 * Plans the revocation of a key: publish a successor, switch to it, remove the key. Needs are those of a rotation without
 * their times: what the revoked key has signed is refused. Interrupted after any document it looks like an interrupted
 * rotation, and a new plan continues with the same successor.
 */
export async function planRevocation<Key extends AnyKey>(
  kind: KeyKind<Key>,
  folder: Folder,
  kid: string,
): Promise<Revocation> {
  const { keys } = kind.read(folder);
  const rest = keys.filter((key) => key.kid !== kid);
  const known = rest.find(({ state }) => state === 'active') ?? rest.find(({ state }) => state === 'pending');
  const successor = known ?? (await kind.make());
  const published = known === undefined ? [...keys, successor] : keys;
  // Retiring before it is removed: an interrupted rotation publishes a pending key again.
  const after = switched(published, successor, kid);
  const changes: Change[] = [];
  let current = folder;
  const add = (wanted: readonly Key[], order: Order, needs: readonly Need[]) => {
    const writes = writesOf(kind, current, wanted, order);
    current = withDocuments(current, writes);
    if (writes.length > 0) changes.push({ writes, needs: needs.map(({ forSeconds: _, ...need }) => need) });
  };
  add(published, 'adding', []);
  add(after, 'adding', kind.beforeUse(successor.kid, folder, unknown));
  add(
    after.filter((key) => key.kid !== kid),
    'removing',
    kind.beforeRemoval(successor.kid, unknown),
  );
  return { changes, successor: successor.state === 'active' ? undefined : successor.kid };
}

const complete = 'the rotation is complete';

/** Settings of replicas that were not asked: they are for waiting times only. */
const unknown: Gate['setting'] = () => undefined;

function completion(keys: readonly AnyKey[], halfRemoved: readonly string[], writes: readonly KeyDocument[]): Step {
  const last = keys.every(({ state }) => state === 'active');
  const what = halfRemoved.length > 0 ? `the removal of ${halfRemoved.join(', ')}` : 'the step before';
  return {
    did: `completed ${what}, which was interrupted: wrote ${writes.map(({ service }) => service).join(', ')}`,
    writes,
    needs: [],
    next: last ? complete : 'run it again for the next step',
    last,
  };
}

/** The keys with another active one. The key that was active, and the one with the id `revoked`, are retiring. */
function switched<Key extends AnyKey>(keys: readonly Key[], active: AnyKey, revoked?: string): readonly Key[] {
  return keys.map((key) => {
    if (key.kid === active.kid) return { ...key, state: 'active' };
    return key.state === 'active' || key.kid === revoked ? { ...key, state: 'retiring' } : key;
  });
}

function writesOf<Key extends AnyKey>(kind: KeyKind<Key>, folder: Folder, keys: readonly Key[], order: Order) {
  return changedDocuments(folder, kind.documents(folder, keys, order));
}

function without<Key extends AnyKey>(keys: readonly Key[], old: readonly Key[]): readonly Key[] {
  return keys.filter((key) => !old.includes(key));
}

function kidsOf(keys: readonly AnyKey[]): string {
  return keys.map(({ kid }) => kid).join(', ');
}
