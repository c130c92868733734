import { AuthError } from '../auth-error.ts';

/** Checks that an option of a guard is one scope. @throws TypeError naming the guard */
export function assertScope(guard: string, scope: unknown): asserts scope is string {
  if (typeof scope !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
    throw new TypeError(`${guard} needs one scope (RFC 6749 §3.3)`);
  }
}

/**
 * Creates the check that a token has each of the scopes. A refusal names all of them, as RFC 6750 §3 has it.
 *
 * @throws TypeError for what is no scope, or for an empty list
 */
export function createScopeCheck(
  guard: string,
  scopes: string | readonly string[],
): (has: ReadonlySet<string>) => void {
  const needed: readonly unknown[] = Array.isArray(scopes) ? [...scopes] : [scopes];
  if (needed.length === 0) throw new TypeError(`${guard} needs one scope or more; leave it out for none`);
  const all = needed.map((scope) => {
    assertScope(guard, scope);
    return scope;
  });
  const scope = all.join(' ');
  return (has) => {
    for (const one of all) if (!has.has(one)) throw new AuthError('insufficient_scope', 'scope', { scope });
  };
}
