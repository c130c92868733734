import { isIP } from 'node:net';
import * as z from 'zod';

/** Names that Express has for the networks of one machine or one site. */
const namedNetworks = ['loopback', 'linklocal', 'uniquelocal'];

/** The setting of a service that wants to know where its clients are: a raw shape, to be spread into `z.object`. */
export const ProxySettings = {
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .refine((networks) => networks.every(isNetwork), { error: 'must be addresses or networks, separated by commas' })
    .describe('The proxies in front, whose X-Forwarded-For counts: 10.0.0.0/8, 2001:db8::/32 or loopback.'),
};

/** Not all addresses there are: then every client could say where it comes from. */
function isNetwork(text: string): boolean {
  if (namedNetworks.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
