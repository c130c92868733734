const mark = '.dev';

/**
 * Why an issuer can only be one of development: plain http, or this machine. `undefined` when it can be a real one.
 */
export function developmentIssuer(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return 'is not a URL';
  const { protocol, hostname } = new URL(issuer);
  if (isLoopback(hostname)) return 'names this machine';
  return protocol === 'https:' ? undefined : 'is not https';
}

/**
 * A new key for a folder with this issuer. For development its `kid` ends in `.dev`, so that it stays known as such
 * whatever issuer the folder is given later. No other kid made here ends so: thumbprints have no dot, edge kids end in a number.
 */
export function markedFor<Key extends { readonly kid: string }>(issuer: string, key: Key): Key {
  return developmentIssuer(issuer) === undefined ? key : { ...key, kid: `${key.kid}${mark}` };
}

/** Whether a key was made for development. */
export function isMarked(kid: string): boolean {
  return kid.endsWith(mark);
}

/** The first member of a key document whose `kid` is marked, such as `signing[0].kid`: keys of every state. */
export function findMarkedKid(value: unknown, path = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, child] of Object.entries(value)) {
    const member = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    if (name === 'kid' && typeof child === 'string' && isMarked(child)) return member;
    const found = findMarkedKid(child, member);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A parsed URL has one spelling for each IPv4 address. */
function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}$|0\.0\.0\.0$|\[::1?\]$|\[::ffff:7f|(?:.+\.)?localhost\.?$)/.test(hostname);
}
