import * as z from 'zod';

/** A schema for where another service is: `http://product:4002`. No path, no query, no credentials. */
export const httpOrigin = z.string().refine(isOrigin, { error: 'must be an http(s) origin, without a path' });

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  // Anything behind the origin, and credentials in front of it, would be in `href` alone.
  return /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
}
