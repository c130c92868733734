import type { LoadedKey } from './loaded-keys.ts';

/** A key in force, and since when it is in this state in this process: seconds since 1970, by the clock at that time. */
export interface KeyInForce extends LoadedKey {
  readonly since: number;
}

/** A key in force, and how long this process has had it in this state, counted on a monotonic clock. */
export interface HeldKey extends LoadedKey {
  readonly heldSeconds: number;
}

/** What a reload changed, as `kid` and state. */
export interface KeyChange {
  readonly added: readonly LoadedKey[];
  readonly removed: readonly LoadedKey[];
}

/** A key, and since when this process has it in this state, on both clocks. */
export interface TimedKey extends KeyInForce {
  readonly fromMs: number;
}

const nameOf = ({ kid, member, state }: LoadedKey): string => `${member} ${kid} ${state}`;

/** A key that was there in the same state has been in force all along. */
export function keep(
  before: readonly TimedKey[],
  loaded: readonly LoadedKey[],
  time: { at: number; fromMs: number },
): TimedKey[] {
  const known = new Map(before.map((key) => [nameOf(key), key]));
  return loaded.map((key) => known.get(nameOf(key)) ?? { ...key, since: time.at, fromMs: time.fromMs });
}

/** Which keys a reload added and removed. A key in another state counts as both. */
export function difference(before: readonly LoadedKey[], after: readonly LoadedKey[]): KeyChange {
  const old = new Set(before.map(nameOf));
  const fresh = new Set(after.map(nameOf));
  return {
    added: after.filter((key) => !old.has(nameOf(key))),
    removed: before.filter((key) => !fresh.has(nameOf(key))),
  };
}
