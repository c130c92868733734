import type { KeyDocument } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';

const mark = '.dev';

/**
 * Rejects a document that was made for development: its issuer has plain http or names this machine, or a `kid` in it is
 * marked. A key whose `kid` was edited is not found.
 *
 * @param source where the document came from, for the error
 * @throws KeyDocumentError
 */
export function assertProductionKeys(document: KeyDocument, source: string): void {
  const problem = issuerProblem(document.issuer.iss) ?? kidProblem(document);
  if (problem === undefined) return;
  throw new KeyDocumentError(
    source,
    `${problem}: NODE_ENV=production refuses development keys. ` +
      'Set AUTH_KEYS_FILE (or AUTH_KEYS) to a document made with: pnpm keys init --dir <new folder> --issuer https://<host>',
  );
}

function issuerProblem(issuer: string): string | undefined {
  const problem = developmentIssuer(issuer);
  return problem === undefined ? undefined : `issuer.iss is ${issuer}, which ${problem}`;
}

function kidProblem(document: KeyDocument): string | undefined {
  const member = findMarkedKid(document);
  return member === undefined ? undefined : `${member} ends in .dev, the mark of a key made for development`;
}

/** Returns why an issuer can only be one of development: plain http, or this machine. `undefined` for a real one. */
export function developmentIssuer(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return 'is not a URL';
  const { protocol, hostname } = new URL(issuer);
  if (isLoopback(hostname)) return 'names this machine';
  return protocol === 'https:' ? undefined : 'is not https';
}

/**
 * Marks a new key for a folder with this issuer: for development its `kid` ends in `.dev`. So the key is known as one of
 * development after the folder gets another issuer. No other `kid` ends so: thumbprints have no dot, edge kids end in a number.
 */
export function markedFor<Key extends { readonly kid: string }>(issuer: string, key: Key): Key {
  return developmentIssuer(issuer) === undefined ? key : { ...key, kid: `${key.kid}${mark}` };
}

/** Whether a key was made for development. */
export function isMarked(kid: string): boolean {
  return kid.endsWith(mark);
}

/** Finds the first member of a key document whose `kid` is marked, such as `signing[0].kid`, in any state. */
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

/** Whether a host name of a parsed URL, which has one spelling for each IPv4 address, is this machine. */
function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}$|0\.0\.0\.0$|\[::1?\]$|\[::ffff:7f|(?:.+\.)?localhost\.?$)/.test(hostname);
}
