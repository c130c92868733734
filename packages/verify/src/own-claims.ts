import type { AccessTokenProfile } from './access-token-profile.ts';

/**
 * A schema of further claims, such as `z.object({ tenant_id: z.uuid() })`. It must be synchronous, its result must depend on
 * the claims alone, and the result must be plain JSON.
 */
export interface ClaimsSchema<Claims extends object = object> {
  /** The claims that the schema is given, by name. */
  readonly shape: Readonly<Record<string, unknown>>;
  safeParse(input: unknown): { readonly success: true; readonly data: Claims } | { readonly success: false };
}

/** The further claims of a token, and an estimate of the memory they take. */
export interface OwnClaims {
  readonly claims: object;
  readonly bytes: number;
}

/** How deep the claims may be nested: a token with deeper ones is rejected. */
const maxDepth = 32;
/** Names that the verifier itself puts into the claims. */
const taken = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'scopes', 'roles', '__proto__'];

/**
 * Creates the reader of further claims. It returns a frozen copy of what the schema makes of the payload, or `undefined`
 * when the schema rejects it. At its first use it runs the schema twice, to find one that is not pure.
 *
 * @throws TypeError when the schema cannot be used: here, or from the reader for what only a token shows
 */
export function createOwnClaims(
  schema: ClaimsSchema,
  profile: AccessTokenProfile,
): (payload: unknown) => OwnClaims | undefined {
  const assertFree = createNameCheck(profile);
  const names = namesIn(schema);
  assertFree(names);
  let isTried = false;
  const pick = (payload: unknown) => {
    const given: Record<string, unknown> = {};
    for (const name of names)
      if (Object.hasOwn(Object(payload), name)) given[name] = Reflect.get(Object(payload), name);
    return given;
  };
  const read = (given: object) => {
    const own = run(schema, given);
    // A schema can also hand out what it does not list.
    if (own !== undefined) assertFree(Object.keys(own.claims));
    return own;
  };
  // Finds most schemas that are asynchronous before there is a token.
  run(schema, {});
  return (payload) => {
    const given = pick(payload);
    // A schema that goes into itself would overflow the stack.
    if (isTooDeep(given)) return undefined;
    if (isTried) return read(given);
    const own = read(structuredClone(given));
    const again = read(given);
    if (JSON.stringify(own) !== JSON.stringify(again)) {
      throw new TypeError('claims must be pure: the same token gave two results');
    }
    isTried = again !== undefined;
    return again;
  };
}

function namesIn(schema: ClaimsSchema): readonly string[] {
  const { shape } = Object(schema);
  if (typeof schema?.safeParse !== 'function' || typeof shape !== 'object' || shape === null) {
    throw new TypeError('claims must be an object schema, such as z.object({ tenant_id: z.uuid() })');
  }
  return Object.keys(shape);
}

/** Creates the check that no name is one of the claims that the profile hands out. */
function createNameCheck({ claims, fixed, absent = [] }: AccessTokenProfile): (names: readonly string[]) => void {
  const all = new Set([...taken, ...absent, ...Object.keys({ ...claims, ...fixed })]);
  return (names) => {
    const double = names.find((name) => all.has(name));
    if (double === undefined) return;
    throw new TypeError(`claims must not hold ${double}, which the profile checks: use accepts`);
  };
}

function run(schema: ClaimsSchema, given: object): OwnClaims | undefined {
  const result = parse(schema, given);
  if (result?.success !== true) {
    if (result?.success === false) return undefined;
    throw new TypeError('claims must be synchronous: its safeParse returned no result');
  }
  const size = { bytes: 0, isTooDeep: false };
  const claims = copyOf(result.data, 'claims', size, 0);
  if (size.isTooDeep) return undefined;
  if (typeof claims !== 'object' || claims === null) throw new TypeError('claims must result in an object');
  return { claims, bytes: size.bytes };
}

function parse(schema: ClaimsSchema, given: object) {
  try {
    return schema.safeParse(given);
  } catch (cause) {
    // Zod throws for an asynchronous rule. The message of the cause may hold a claim, so it is not repeated.
    throw new TypeError('claims must be synchronous and must not throw', { cause });
  }
}

/** Copies plain JSON and freezes the copy, so that nothing of the schema or of the payload is shared with a request. */
function copyOf(value: unknown, at: string, size: { bytes: number; isTooDeep: boolean }, depth: number): unknown {
  size.bytes += 64;
  size.isTooDeep ||= depth > maxDepth;
  if (size.isTooDeep) return null;
  if (typeof value === 'string') size.bytes += 2 * value.length;
  if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Object.freeze(Array.from(value, (item) => copyOf(item, `${at}[]`, size, depth + 1)));
  if (!isPlainObject(value)) throw new TypeError(`${at} must be plain JSON`);
  // As in JSON, a member without a value is none.
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  const entries = members.map(([name, item]) => [name, copyOf(item, `${at}.${name}`, size, depth + 1)]);
  return Object.freeze(Object.fromEntries(entries));
}

/** Checks whether a value is nested deeper than the claims may be. */
function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > maxDepth || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
