import * as z from 'zod';

const shape = /^https?:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d+)?$/;
const thisMachine = /^http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** A schema for a list of origins, exactly as browsers write them into `Origin`, separated by commas. */
export const browserOrigins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''))
  .refine((origins) => origins.every(isOrigin), {
    error: 'must be origins as browsers write them, such as https://shop.example, without a path or a wildcard',
  })
  .refine((origins) => origins.every(isSecure), {
    error: 'must be https, since the cookie could be read over http; on this machine http is allowed',
  });

/** Whether all origins are https, so that a cookie can be limited to https; `undefined` for a mix of http and https. */
export function areHttps(origins: readonly string[]): boolean | undefined {
  const https = origins.filter((origin) => origin.startsWith('https:'));
  if (https.length === origins.length) return true;
  return https.length === 0 ? false : undefined;
}

function isOrigin(text: string): boolean {
  return shape.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isSecure(origin: string): boolean {
  return !isOrigin(origin) || origin.startsWith('https:') || thisMachine.test(origin);
}
