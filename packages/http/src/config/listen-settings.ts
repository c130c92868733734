import { isIP, isIPv6 } from 'node:net';
import * as z from 'zod';
import { wholeNumber } from './whole-number.ts';

const name =
  /^(?=.{1,253}$)(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*(?=[a-z\d_-]*[a-z_-])[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.?$/i;
/** Numbers that the system's resolver reads as an IPv4 address: `0` would be all addresses. */
const endsInNumber = /(?:^|\.)0x[\da-f]*\.?$/i;

const address = z
  .string()
  .transform((text) => /^\[(.+)\]$/.exec(text)?.[1] ?? text)
  .refine((text) => isIP(text) !== 0 || (name.test(text) && !endsInNumber.test(text)), {
    error: 'is not an IP address or a host name: no scheme, no port',
  });

/** The address a service listens on, and how long it keeps connections: a raw shape, part of `ServerSettings`. */
export const ListenSettings = {
  PORT: wholeNumber({ min: 0, max: 65_535 }).meta({
    description: 'The port to listen on, such as 4001; 0 takes a free one.',
  }),
  HOST: address.default('127.0.0.1').meta({
    description: 'The address to listen on, such as `127.0.0.1`, `::1`, `0.0.0.0`, or `::` for all of IPv4 and IPv6.',
    details: 'In a container it is `0.0.0.0` or `::`. Of a name, the first address counts.',
  }),
  ADMIN_PORT: wholeNumber({ min: 0, max: 65_535 }).optional().meta({
    description: 'The port of `/metrics` and `/readyz?verbose`; another one than `PORT`.',
    default: '`PORT` + 100',
  }),
  ADMIN_HOST: address
    .default('127.0.0.1')
    .meta({ description: 'The address of the admin port: one that clients cannot reach.' }),
  KEEP_ALIVE_SECONDS: wholeNumber({ min: 1, max: 7200 }).default(620).meta({
    description: 'How long an idle connection is kept, in seconds: longer than the proxy in front keeps it.',
    details: 'What proxies do: [production.md](production.md#proxies-in-front).',
  }),
};

/** Describes what is wrong with the admin port next to the port; `undefined` when both are valid. */
export function adminPortProblem({
  PORT: port,
  ADMIN_PORT: adminPort,
}: {
  readonly PORT?: number;
  readonly ADMIN_PORT?: number | undefined;
}): string | undefined {
  if (port === undefined || port === 0) return undefined;
  if (adminPort === undefined) return port + 100 > 65_535 ? 'must be set: PORT + 100 is no port' : undefined;
  return adminPort === port ? 'must differ from PORT' : undefined;
}

/** Formats an address for a URL: IPv6 in brackets, and the % of a zone escaped (RFC 6874). */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host.replace('%', '%25')}]` : host;
}
