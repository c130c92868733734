/**
 * The scopes of each role. The user app grants them, and tools compute demo accounts from them. Other services read
 * the scopes of a token and never its roles.
 */
const scopesOfRole = {
  customer: ['account', 'product:read', 'order:read', 'order:write'],
  admin: ['product:write', 'order:read-any', 'user:admin'],
} as const satisfies Record<string, readonly string[]>;

/** A role of an account. */
export type Role = keyof typeof scopesOfRole;

/** All roles. */
export const allRoles = ['customer', 'admin'] as const satisfies readonly Role[];

/** Returns the scopes of some roles, each once. An admin is a customer as well. An unknown role has none. */
export function scopesOf(roles: readonly string[]): readonly string[] {
  const held = allRoles.filter((role) => roles.includes(role) || (role === 'customer' && roles.includes('admin')));
  return [...new Set(held.flatMap((role) => scopesOfRole[role]))];
}

/** All scopes. */
export const allScopes: readonly string[] = [...new Set(Object.values(scopesOfRole).flat())];
