/**
 * Options are checked when a part is built: a wrong one throws there and not at the first request.
 * An empty issuer would match an empty claim, and a tolerance of "5s" makes every comparison false: neither is accepted.
 */
export function assertText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`${name} must be a non-empty string`);
}

/** A whole number of seconds in `min..max`. */
export function assertSeconds(name: string, value: unknown, min: number, max: number): asserts value is number {
  assertWhole(name, value, { unit: 'seconds', min, max });
}

/** A whole number in `min..max`, of a unit that the error names. */
export function assertWhole(
  name: string,
  value: unknown,
  { unit, min, max }: { readonly unit: string; readonly min: number; readonly max: number },
): asserts value is number {
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw new TypeError(`${name} must be a whole number of ${unit} from ${min} to ${max}`);
  }
}

export function assertFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function`);
}

/** A value that may change while the process runs, such as keys: given as itself or as a function that returns it. */
export type Current<T extends object> = T | (() => T);

/** Makes a reader of a value that may change; what it reads must always be a Map. */
export function readerOf<K, V>(name: string, source: Current<ReadonlyMap<K, V>> | undefined): () => ReadonlyMap<K, V> {
  const read = typeof source === 'function' ? source : () => source;
  return () => {
    const value = read();
    if (!(value instanceof Map)) throw new TypeError(`${name} must be a Map, or a function that returns one`);
    return value;
  };
}
