import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A range of addresses as 128-bit numbers, both ends included. IPv4 is mapped into IPv6, at ::ffff:0:0/96. */
interface IpNetwork {
  readonly first: bigint;
  readonly last: bigint;
}

const mappedPrefix = 0xffffn << 32n;

/** All IPv4 addresses. */
export const allIPv4: IpNetwork = { first: mappedPrefix, last: mappedPrefix | 0xffff_ffffn };
/** IPv6 addresses that are assigned to the public: 2000::/3 (RFC 4291 §2.4). */
export const publicIPv6: IpNetwork = { first: 1n << 125n, last: (1n << 126n) - 1n };

/** Parses an address, or a network such as `10.0.0.0/8`; `undefined` for anything else, also for an address with a zone. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const number = parseAddress(address);
  const size = isIP(address) === 4 ? 32 : 128;
  if (number === undefined || rest.length > 0) return undefined;
  if (bits !== undefined && (!/^[1-9]\d{0,2}$/.test(bits) || Number(bits) > size)) return undefined;
  const hostMask = (1n << BigInt(size - Number(bits ?? size))) - 1n;
  return { first: number & ~hostMask, last: number | hostMask };
}

/** The number of addresses of a range that lie in at least one of the networks. */
export function countCovered(networks: readonly IpNetwork[], range: IpNetwork): bigint {
  let covered = 0n;
  let next = range.first;
  for (const { first, last } of networks.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    if (first > next) next = first;
    let behind = last + 1n;
    if (behind > range.last) behind = range.last + 1n;
    if (behind <= next) continue;
    covered += behind - next;
    next = behind;
  }
  return covered;
}

/** Parses an address that Node and Express accept: ipaddr.js alone accepts `127.1`, and refuses `64:ff9b::10.0.0.1`. */
function parseAddress(text: string): bigint | undefined {
  if (isIP(text) === 0 || text.includes('%') || !ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  const { parts } = address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
  return parts.reduce((number, part) => (number << 16n) | BigInt(part), 0n);
}
