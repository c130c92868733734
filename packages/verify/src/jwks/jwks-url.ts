import { isLoopback } from '../loopback.ts';
import { assertText } from '../options.ts';

/**
 * Parses the URL of a JWK Set: https, or http to this machine or with `allowHttp`.
 *
 * @throws TypeError without the URL in its message, since a URL can hold a password
 */
export function parseJwksUrl(text: string, { allowHttp }: { readonly allowHttp: boolean }): URL {
  const url = parseWebUrl('url', text);
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url)) {
    throw new TypeError('url must be https, unless it leads to this machine or allowHttp is true');
  }
  return url;
}

/**
 * Parses a URL that belongs to discovery: https, or http with `allowHttp`, also to this machine.
 *
 * @throws TypeError without the URL in its message
 */
export function parseDiscoveryUrl(name: string, text: unknown, { allowHttp }: { readonly allowHttp: boolean }): URL {
  const url = parseWebUrl(name, text);
  if (url.protocol === 'http:' && !allowHttp) throw new TypeError(`${name} must be https, unless allowHttp is true`);
  return url;
}

/**
 * Checks the name of an issuer: a URL without query and fragment (RFC 8414 §2). The name itself is the text as it was
 * given, since names are compared as text.
 *
 * @throws TypeError without the name in its message
 */
export function assertIssuer(issuer: string, { allowHttp }: { readonly allowHttp: boolean }): void {
  assertText('issuer', issuer);
  if (isTemplate(issuer)) throw new TypeError('issuer must name your tenant, in place of the part in braces');
  parseDiscoveryUrl('issuer', issuer, { allowHttp });
  if (!/^[\x21-\x7e]+$/.test(issuer)) throw new TypeError('issuer must be visible ASCII characters');
  if (/[?#]/.test(issuer)) throw new TypeError('issuer must be without query and fragment');
}

/** Checks whether the name of an issuer stands for many: `https://login.microsoftonline.com/{tenantid}/v2.0`. */
export function isTemplate(issuer: string): boolean {
  return /[{}]/.test(issuer);
}

function parseWebUrl(name: string, text: unknown): URL {
  assertText(name, text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${name} must be an absolute https URL`);
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TypeError(`${name} must be without user, password and fragment`);
  }
  return url;
}
