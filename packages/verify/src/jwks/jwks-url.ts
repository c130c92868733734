import { assertText } from '../options.ts';

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Parses the URL of a JWK Set: https, or http to this machine or with `allowHttp`.
 *
 * @throws TypeError without the URL in its message, since a URL can hold a password
 */
export function parseJwksUrl(text: string, { allowHttp }: { readonly allowHttp: boolean }): URL {
  assertText('url', text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new TypeError('url must be an absolute https URL');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TypeError('url must be without user, password and fragment');
  }
  if (url.protocol === 'http:' && !allowHttp && !loopback.test(url.hostname)) {
    throw new TypeError('url must be https, unless it leads to this machine or allowHttp is true');
  }
  return url;
}
