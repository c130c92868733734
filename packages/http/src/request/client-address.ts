import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import express from 'express';

/** The result without an address, as on a closed connection. */
const unknown = 'unknown';
/** IPv4 addresses inside IPv6: mapped ones (RFC 4291 §2.5.5.2) and those behind a translator (RFC 6052 §2.1). */
const embeddedIPv4 = /^(?:(?:0:){5}ffff|64:ff9b:0:0:0:0):([\da-f]+):([\da-f]+)$/;
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
  // Uses the trust function of Express, so that networks mean the same as in an app.
  const trusts: Trusts =
    trustedProxies.length === 0
      ? () => false
      : express()
          .set('trust proxy', [...trustedProxies])
          .get('trust proxy fn');
  return (req) => readAddress(req, trusts);
}

function readAddress(req: IncomingMessage, trusts: Trusts): string {
  const peer = bareAddress(req.socket.remoteAddress ?? '');
  if (!trusts(peer, 0)) return isIP(peer) === 0 ? unknown : peer;
  const hops = [peer, ...forwardedFor(req)];
  const client = hops.find((address, hop) => !trusts(address, hop)) ?? hops.at(-1) ?? '';
  return [client, peer].find((address) => isIP(address) !== 0) ?? unknown;
}

function isTrusts(value: unknown): value is Trusts {
  return typeof value === 'function';
}

/** Parses `X-Forwarded-For`, nearest proxy first. */
function forwardedFor(req: IncomingMessage): string[] {
  const text = String(req.headers['x-forwarded-for'] ?? '');
  return text
    .split(',')
    .map((entry) => bareAddress(entry.trim()))
    .filter((address) => address !== '')
    .reverse();
}

/** Removes the port and the brackets. */
function bareAddress(text: string): string {
  const [, ipv6, ipv4] = withPort.exec(text) ?? [];
  return ipv6 ?? ipv4 ?? text;
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

function shorten(address: string, { ipv4Bytes, ipv6Groups }: { ipv4Bytes: number; ipv6Groups: number }): string {
  if (isIPv4(address)) {
    const bytes = address.split('.').map((byte, index) => (index < ipv4Bytes ? byte : '0'));
    return `${bytes.join('.')}/${ipv4Bytes * 8}`;
  }
  const groups = groupsOf(address);
  if (groups === undefined) return unknown;
  const embedded = embeddedIPv4.exec(groups.join(':'));
  if (embedded !== null) return shorten(dotted(embedded), { ipv4Bytes, ipv6Groups });
  return `${groups.slice(0, ipv6Groups).join(':')}::/${ipv6Groups * 16}`;
}

/** The eight groups of an IPv6 address, without leading zeros; `undefined` for anything else. */
function groupsOf(address: string): readonly string[] | undefined {
  const [literal = ''] = address.split('%', 1);
  const url = `http://[${literal}]/`;
  if (isIP(literal) !== 6 || !URL.canParse(url)) return undefined;
  // The URL standard has one spelling for an address: lower case, no dots, at most one "::".
  const [head = '', tail = ''] = new URL(url).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((part) => part.split(':').filter(Boolean));
  const given = [...(before ?? []), ...(after ?? [])];
  return [...(before ?? []), ...Array<string>(8 - given.length).fill('0'), ...(after ?? [])];
}

function dotted([, high = '', low = '']: RegExpExecArray): string {
  return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');
}
