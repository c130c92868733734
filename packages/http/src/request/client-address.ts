import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddress from 'proxy-addr';

/** The result without an address, as on a closed connection. */
const unknown = 'unknown';
/** `203.0.113.9:4711` and `[2001:db8::1]:4711`, as some balancers write `X-Forwarded-For`. */
const withPort = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i;

type Trusts = (address: string, hop: number) => boolean;
type AddressedRequest = IncomingMessage & { readonly app?: { get(setting: string): unknown } | undefined };

/**
 * Returns the address of the client that sent a request. `X-Forwarded-For` counts only as far as trusted proxies have
 * written it (`createApp({ trustedProxies })`); an entry that is not an address is ignored.
 */
export function clientAddress(req: AddressedRequest): string {
  const trusts = req.app?.get('trust proxy fn');
  return readAddress(req, isTrusts(trusts) ? trusts : () => false);
}

/** Creates a function that reads the address as `clientAddress` does, for requests that no app serves. */
export function clientAddressBehind(trustedProxies: readonly string[]): (req: IncomingMessage) => string {
  const trusts = proxyAddress.compile([...trustedProxies]);
  return (req) => readAddress(req, trusts);
}

function readAddress(req: IncomingMessage, trusts: Trusts): string {
  const peer = bareAddress(req.socket.remoteAddress ?? '');
  const client = proxyAddress(req, (address, hop) => trusts(bareAddress(address ?? ''), hop));
  return [bareAddress(client ?? ''), peer].find((address) => isIP(address) !== 0) ?? unknown;
}

function isTrusts(value: unknown): value is Trusts {
  return typeof value === 'function';
}

/** Removes the port, the brackets, and tabs: proxy-addr splits at spaces only (RFC 9110 §5.6.3 has both). */
function bareAddress(text: string): string {
  const [, ipv6, ipv4] = withPort.exec(text.trim()) ?? [];
  return ipv6 ?? ipv4 ?? text.trim();
}

/**
 * Returns the part of an address that belongs to one customer of a provider: a whole IPv4 address, or the first 64 bits
 * of an IPv6 address (RFC 6177), since the customer chooses the rest. All spellings of an address give the same text.
 */
export function addressBlock(address: string): string {
  return shorten(address, { ipv4Bytes: 4, ipv6Groups: 4 });
}

/**
 * Returns the largest IPv6 network of one customer of a provider: the first 48 bits (RFC 6177 §2). `undefined` for an
 * IPv4 address, since the addresses around it belong to other customers.
 */
export function addressNetwork(address: string): string | undefined {
  const network = shorten(address, { ipv4Bytes: 0, ipv6Groups: 3 });
  return network.endsWith('/48') ? network : undefined;
}

/** Returns the approximate origin of a request, for logs and people: `192.0.2.0/24`, `2001:db8:1::/48`. */
export function addressPrefix(address: string): string {
  return shorten(address, { ipv4Bytes: 3, ipv6Groups: 3 });
}

function shorten(text: string, { ipv4Bytes, ipv6Groups }: { ipv4Bytes: number; ipv6Groups: number }): string {
  if (isIP(text) === 0) return unknown;
  const address = withoutIPv6(ipaddr.process(isIP(text) === 6 ? respell(text) : text));
  if (address instanceof ipaddr.IPv6) {
    const groups = address.parts.slice(0, ipv6Groups).map((group) => group.toString(16));
    return `${groups.join(':')}::/${ipv6Groups * 16}`;
  }
  return `${address.octets.map((byte, index) => (index < ipv4Bytes ? byte : 0)).join('.')}/${ipv4Bytes * 8}`;
}

/**
 * Returns the spelling of the URL standard, without dots and without a zone: ipaddr.js cannot read
 * `64:ff9b::203.0.113.9`.
 */
function respell(address: string): string {
  const [literal = ''] = address.split('%', 1);
  return new URL(`http://[${literal}]/`).hostname.slice(1, -1);
}

/** Returns the IPv4 address inside a translated IPv6 address (RFC 6052 §2.1); `process` converts mapped addresses. */
function withoutIPv6(address: ReturnType<typeof ipaddr.process>): typeof address {
  return address.range() === 'rfc6052' ? ipaddr.fromByteArray(address.toByteArray().slice(-4)) : address;
}
