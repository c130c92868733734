import { UserError } from '../user-error.ts';

/** What a role may do. */
const scopesOfRole = {
  customer: ['account', 'product:read', 'order:read', 'order:write'],
  admin: ['product:write', 'order:read-any', 'user:admin'],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof scopesOfRole;

/** Every role there is. */
export const allRoles = ['customer', 'admin'] as const satisfies readonly Role[];

/** What a session was given: scopes of its user, services it is for. */
export interface Grant {
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** What a client asks for; all there is where it does not say. */
export interface GrantRequest {
  readonly scopes?: readonly string[] | undefined;
  readonly audience?: readonly string[] | undefined;
}

/** The scopes of some roles, each once. An admin is a customer as well. */
export function scopesOf(roles: readonly string[]): readonly string[] {
  const held = allRoles.filter((role) => roles.includes(role) || (role === 'customer' && roles.includes('admin')));
  return [...new Set(held.flatMap((role) => scopesOfRole[role]))];
}

/** Every scope there is. */
export const allScopes: readonly string[] = [...new Set(Object.values(scopesOfRole).flat())];

/** Narrows a grant to what is asked for. @throws UserError when that is more than there is */
export function narrow(available: Grant, { scopes, audience }: GrantRequest): Grant {
  if (scopes?.some((scope) => !available.scopes.includes(scope))) throw new UserError('scope_not_available');
  if (audience?.some((service) => !available.audience.includes(service))) throw new UserError('audience_not_available');
  return { scopes: scopes ?? available.scopes, audience: audience ?? available.audience };
}
