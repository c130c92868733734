import type { LoadedKey } from './loaded-keys.ts';

/** A key in force. `since` is when it came into this state in this process: seconds since 1970, by the clock at that time. */
export interface KeyInForce extends LoadedKey {
  readonly since: number;
}

/** A key in force. `heldSeconds` is how long this process has had it in this state, on a monotonic clock. */
export interface HeldKey extends LoadedKey {
  readonly heldSeconds: number;
}

/** The keys that a reload added and removed. */
export interface KeyChange {
  readonly added: readonly LoadedKey[];
  readonly removed: readonly LoadedKey[];
}

/** A key in force with its start on both clocks: `since`, and `fromMs` on the monotonic one. */
export interface TimedKey extends KeyInForce {
  readonly fromMs: number;
}

const nameOf = ({ kid, member, state }: LoadedKey): string => `${member} ${kid} ${state}`;

/** Keeps the start of each key that was in force in the same state before a reload; the others start now. */
export function keep(
  before: readonly TimedKey[],
  loaded: readonly LoadedKey[],
  time: { at: number; fromMs: number },
): TimedKey[] {
  const known = new Map(before.map((key) => [nameOf(key), key]));
  return loaded.map((key) => known.get(nameOf(key)) ?? { ...key, since: time.at, fromMs: time.fromMs });
}

/** Compares the keys before and after a reload. A key whose state changed is both removed and added. */
export function difference(before: readonly LoadedKey[], after: readonly LoadedKey[]): KeyChange {
  const old = new Set(before.map(nameOf));
  const fresh = new Set(after.map(nameOf));
  return {
    added: after.filter((key) => !old.has(nameOf(key))),
    removed: before.filter((key) => !fresh.has(nameOf(key))),
  };
}
