import { UserError } from '../user-error.ts';

/** The rights of a session: its scopes, and the services that accept its tokens. */
export interface Grant {
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** The rights that a client requests. An absent member requests all available ones. */
export interface GrantRequest {
  readonly scopes?: readonly string[] | undefined;
  readonly audience?: readonly string[] | undefined;
}

/** Narrows a grant to a request. @throws UserError when the request exceeds the grant */
export function narrow(available: Grant, { scopes, audience }: GrantRequest): Grant {
  if (scopes?.some((scope) => !available.scopes.includes(scope))) throw new UserError('scope_not_available');
  if (audience?.some((service) => !available.audience.includes(service))) throw new UserError('audience_not_available');
  return { scopes: scopes ?? available.scopes, audience: audience ?? available.audience };
}
