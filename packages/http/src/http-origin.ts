import * as z from 'zod';

/**
 * A schema for the origin of another service, such as `http://product:4002`. Gives it as browsers write origins: without a
 * slash at the end, the host in lower case. Refused is what an origin cannot have: a path, a query, credentials.
 */
export const httpOrigin = z
  .string()
  .refine((text) => originOf(text) !== undefined, {
    error: 'must be an http(s) origin such as http://product:4002: without user, password, path, query or fragment',
  })
  .transform((text) => originOf(text) ?? text);

function originOf(text: string): string | undefined {
  // An empty user in front of the host leaves no trace in the parsed URL.
  if (!URL.canParse(text) || text.includes('@')) return undefined;
  const { protocol, port, href, origin } = new URL(text);
  // Anything behind the origin, and credentials in front of it, would be in `href` alone. No server has the port 0.
  return /^https?:$/.test(protocol) && port !== '0' && href === `${origin}/` ? origin : undefined;
}
