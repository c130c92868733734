/** Set methods that exist only from Node 22. `Scopes` gets each of them when the running Node supports it. */
const newerMethods = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
];

/**
 * An immutable set of scopes, since many requests share it. `Object.freeze` does not freeze the entries of a Set, and
 * `Set.prototype.add.call` bypasses a subclass that overrides `add`. A private field cannot be reached.
 */
class Scopes implements ReadonlySet<string> {
  readonly #scopes: ReadonlySet<string>;

  static {
    for (const name of newerMethods) {
      const method: unknown = Reflect.get(Set.prototype, name);
      if (typeof method !== 'function') continue;
      const value = function (this: Scopes, other: unknown): unknown {
        return Reflect.apply(method, this.#scopes, [other]);
      };
      Object.defineProperty(Scopes.prototype, name, { value });
    }
    Object.freeze(Scopes.prototype);
  }

  constructor(scopes: Iterable<string>) {
    this.#scopes = new Set(scopes);
    Object.freeze(this);
  }

  get size(): number {
    return this.#scopes.size;
  }

  has(scope: string): boolean {
    return this.#scopes.has(scope);
  }

  keys() {
    return this.#scopes.keys();
  }

  values() {
    return this.#scopes.values();
  }

  entries() {
    return this.#scopes.entries();
  }

  forEach(callback: (scope: string, again: string, scopes: ReadonlySet<string>) => void, thisArg?: unknown): void {
    // The callback gets this object, so that the inner Set does not leak.
    for (const scope of this.#scopes) Reflect.apply(callback, thisArg, [scope, scope, this]);
  }

  [Symbol.iterator]() {
    return this.#scopes.values();
  }
}

/** Creates a set of scopes without `add`, `delete` and `clear`. */
export function createScopes(scopes: Iterable<string>): ReadonlySet<string> {
  return new Scopes(scopes);
}
