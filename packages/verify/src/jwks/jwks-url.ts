import { assertText } from '../options.ts';

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Reads the URL that keys are fetched from: https, or http where that was allowed in so many words, or to this machine.
 *
 * @throws TypeError that does not repeat the URL, which could hold a password
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
