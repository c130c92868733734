import { isLoopback } from '../loopback.ts';
import { assertText } from '../options.ts';
import { assertScope } from './scope-check.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

/** What clients may know of an API (RFC 9728 §2). Everything in it is published. */
export interface ProtectedResourceOptions {
  /** The URL by which clients know this API: `https://api.example` or `https://api.example/billing`. */
  readonly resource: string;
  /** The issuers whose tokens are accepted, each exactly as in `iss`; not published unless given. */
  readonly authorizationServers?: readonly string[];
  /** The scopes that a client may ask for; not published unless given. */
  readonly scopes?: readonly string[];
  /** The name of the API, for people. */
  readonly name?: string;
  /** The URL of a page for developers. */
  readonly documentation?: string;
  /** Allows `http:` to another machine; `false` unless given. `http:` to this machine is always allowed. */
  readonly allowHttp?: boolean;
}

/** An API with its metadata. */
export interface ProtectedResource {
  readonly resource: string;
  /** The URL of the metadata, which challenges name. It comes from `resource`, never from a request. */
  readonly metadataUrl: string;
  /** The path of `metadataUrl`. */
  readonly metadataPath: string;
  /** The metadata document, as JSON text. */
  readonly document: string;
}

/**
 * Creates the metadata of an API (RFC 9728), which tells a client where to get a token. Pass the result to the guard or
 * to `refusals`: every challenge then has its URL.
 *
 * @throws TypeError naming the option that is wrong
 */
export function protectedResource(options: ProtectedResourceOptions): ProtectedResource {
  const { resource, authorizationServers, scopes, name, documentation, allowHttp = false } = options;
  if (typeof allowHttp !== 'boolean') throw new TypeError('allowHttp must be true or false');
  const { origin, pathname } = parseIdentifier('resource', resource, allowHttp);
  assertList('authorizationServers', authorizationServers, (issuer) => {
    parseIdentifier('each of authorizationServers', issuer, allowHttp);
  });
  assertList('scopes', scopes, (scope) => assertScope('each of scopes', scope));
  if (name !== undefined) assertText('name', name);
  if (documentation !== undefined) parseUrl('documentation', documentation, allowHttp);
  // RFC 9728 §3.1: the slash of an empty path is removed, one at the end of any other path is kept.
  const metadataPath = `${wellKnown}${pathname === '/' ? '' : pathname}`;
  // RFC 9728 §3.2: what has no value is left out, as JSON.stringify does with undefined.
  const document = JSON.stringify({
    resource,
    authorization_servers: authorizationServers,
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: name,
    resource_documentation: documentation,
  });
  return Object.freeze({ resource, metadataUrl: `${origin}${metadataPath}`, metadataPath, document });
}

/** Checks whether a request is one for the metadata. The target is compared as sent, but for its query. */
export function isForMetadata(
  { metadataPath }: ProtectedResource,
  { method, target }: { readonly method: string | undefined; readonly target: string | undefined },
): boolean {
  return (method === 'GET' || method === 'HEAD') && pathOf(target) === metadataPath;
}

/** Returns the path of a request target in origin-form or absolute-form (RFC 9112 §3.2), as sent. */
export function pathOf(target = ''): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] ?? '';
}

function assertList(name: string, list: readonly string[] | undefined, assertOne: (one: string) => void): void {
  if (list === undefined) return;
  if (!Array.isArray(list) || list.length === 0) throw new TypeError(`${name} must be a list that is not empty`);
  for (const one of list) assertOne(one);
}

/**
 * Parses the identifier of an API or an issuer. It must be written as a URL parser writes it, since clients compare it
 * character by character (RFC 9728 §6). A query is refused, although RFC 9728 §1.2 only advises against it: the path alone
 * then says which metadata is meant, and nothing in a challenge needs quoting.
 */
function parseIdentifier(name: string, text: string, allowHttp: boolean): URL {
  const url = parseUrl(name, text, allowHttp);
  if (text.includes('?')) throw new TypeError(`${name} must be without query`);
  if (url.href !== text && url.href !== `${text}/`) {
    throw new TypeError(`${name} must be written as ${url.href.replace(/\/$/, '')}: clients compare it as text`);
  }
  return url;
}

function parseUrl(name: string, text: string, allowHttp: boolean): URL {
  assertText(name, text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${name} must be an absolute https URL`);
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    throw new TypeError(`${name} must be without user, password and fragment`);
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url)) {
    throw new TypeError(`${name} must be https, unless it leads to this machine or allowHttp is true`);
  }
  return url;
}
