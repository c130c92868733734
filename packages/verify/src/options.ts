/**
 * Checks that an option is a non-empty string: an empty issuer would match an empty claim. A wrong option throws when the
 * verifier, signer or client is created, not at the first request.
 */
export function assertText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`${name} must be a non-empty string`);
}

/** Checks that an option is a whole number of seconds in `min..max`. A text such as "5s" would make every comparison false. */
export function assertSeconds(name: string, value: unknown, min: number, max: number): asserts value is number {
  assertWhole(name, value, { unit: 'seconds', min, max });
}

/** Checks that an option is a whole number in `min..max`. The error names the unit. */
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

/** A value that may change while the process runs, such as keys: the value itself, or a function that returns it. */
export type Current<T extends object> = T | (() => T);

/** Creates a function that reads a value that may change, and checks that it is a Map. */
export function readerOf<K, V>(name: string, source: Current<ReadonlyMap<K, V>> | undefined): () => ReadonlyMap<K, V> {
  const read = typeof source === 'function' ? source : () => source;
  return () => {
    const value = read();
    if (!(value instanceof Map)) throw new TypeError(`${name} must be a Map, or a function that returns one`);
    return value;
  };
}
