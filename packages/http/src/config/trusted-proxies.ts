import * as z from 'zod';
import { allIPv4, countCovered, parseNetwork, publicIPv6 } from './ip-network.ts';

/** Names of Express for the networks of one machine or one site. */
const namedNetworks = ['loopback', 'linklocal', 'uniquelocal'];

/** The most addresses that may be trusted: a sixteenth of IPv4, and of public IPv6 as many as a /16 has. */
const mostIPv4 = 1n << 28n;
const mostIPv6 = 1n << 112n;

/** The setting of a service that needs the addresses of its clients: a raw shape, to be spread into `z.object`. */
export const ProxySettings = {
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .refine((networks) => networks.every(isNetwork), { error: 'must be addresses or networks, separated by commas' })
    .refine((networks) => !coverTheInternet(networks), {
      error: 'trusts too many addresses: every client there could forge its address',
    })
    .meta({
      description:
        'The proxies in front, whose `X-Forwarded-For` counts: addresses or networks such as `10.0.0.0/8,2001:db8::/32`, or `loopback`.',
      details:
        'Together they are at most a sixteenth of IPv4, and of public IPv6 as many addresses as a /16 has: more is refused, since every client there could forge its address. Only the addresses that these proxies add count, with a port (`203.0.113.9:4711`, `[2001:db8::1]:4711`) or without; the header `Forwarded` is not read. Without this setting all clients behind a proxy share its address, and its limits. At `user`, name the gateway.',
    }),
};

function isNetwork(text: string): boolean {
  return namedNetworks.includes(text) || parseNetwork(text) !== undefined;
}

/** Whether the networks together contain more addresses than the limits, in any split. */
function coverTheInternet(texts: readonly string[]): boolean {
  const networks = texts.flatMap((text) => parseNetwork(text) ?? []);
  return countCovered(networks, allIPv4) > mostIPv4 || countCovered(networks, publicIPv6) > mostIPv6;
}
