import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address, as its owner is shown it: enough to tell home from abroad, too little to find a house.
 * `203.0.113.0/24` of IPv4, `2001:db8:1::/48` of IPv6.
 */
export function addressPrefix(address: string | undefined): string | undefined {
  const text = address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  if (isIPv4(text)) return `${text.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(text)) return undefined;
  const groups = expanded(text).slice(0, 3);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}

/** The eight groups of an IPv6 address, `::` written out. */
function expanded(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  return tail === undefined
    ? left
    : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
}
