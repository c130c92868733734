import * as z from 'zod';

/**
 * A schema for the origin of another service, such as `http://product:4002`. The result is written as browsers write
 * origins: no slash at the end, the host in lower case. A path, a query or credentials are refused.
 */
export const httpOrigin = z
  .string()
  .refine((text) => originOf(text) !== undefined, {
    error: 'must be an http(s) origin such as http://product:4002: without user, password, path, query or fragment',
  })
  .transform((text) => originOf(text) ?? text);

function originOf(text: string): string | undefined {
  // `URL` drops an empty user in front of the host, so the text is checked for `@`.
  if (!URL.canParse(text) || text.includes('@')) return undefined;
  const { protocol, port, href, origin } = new URL(text);
  // A path, query, fragment or credentials would be in `href` and not in `origin`. No server has the port 0.
  return /^https?:$/.test(protocol) && port !== '0' && href === `${origin}/` ? origin : undefined;
}
