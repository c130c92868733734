import * as z from 'zod';
import { parseScopes } from './scopes.ts';

const seconds = z.int().positive();
const Claims = z.object({
  iss: z.string(),
  aud: z.array(z.string().min(1)),
  sub: z.string().min(1).max(255),
  client_id: z.string().min(1),
  iat: seconds,
  nbf: seconds.optional(),
  exp: seconds,
  jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  sid: z.string().min(1).max(255),
  auth_time: seconds,
  scope: z.string(),
  roles: z.array(z.string().min(1)),
});

/** The `typ` of an access token (RFC 9068 §2.1). */
export const accessTokenType = 'at+jwt';

/** The payload of an access token, as it is signed. */
export type AccessTokenPayload = z.input<typeof Claims>;

/**
 * The claims of a verified access token, under their registered names (RFC 9068 §2.2), plus `scopes`: `scope` as a set.
 * Claims that are not in this list are dropped. The object and its lists are frozen, since requests with the same token
 * share them.
 */
export type AccessTokenClaims = Readonly<Omit<z.output<typeof Claims>, 'aud' | 'roles'>> & {
  readonly aud: readonly string[];
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<string>;
};

/**
 * Parses a payload as claims; `undefined` when a claim is missing or of the wrong type. Does not compare a claim with
 * another claim or with the time.
 */
export function parseAccessTokenClaims(payload: unknown): AccessTokenClaims | undefined {
  const parsed = Claims.safeParse(payload);
  if (!parsed.success) return undefined;
  const claims = parsed.data;
  Object.freeze(claims.aud);
  Object.freeze(claims.roles);
  return Object.freeze(Object.assign(claims, { scopes: parseScopes(claims.scope) }));
}
