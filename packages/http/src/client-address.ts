import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import express from 'express';

/** Stands for an address where there is none, as on a connection that is gone. */
const unknown = 'unknown';
const mappedIPv4 = /^(?:0:){5}ffff:([\da-f]+):([\da-f]+)$/;

/**
 * The address of whoever sent a request. `X-Forwarded-For` counts only as far as it was written by a proxy that is
 * trusted (`createApp({ trustedProxies })`); what is no address in it does not count at all.
 */
export function clientAddress(req: IncomingMessage & { readonly ip?: string | undefined }): string {
  return [req.ip, peerAddress(req)].find((address = '') => isIP(address) !== 0) ?? unknown;
}

/** Makes what reads the same address as `clientAddress` from a request that no app serves. */
export function clientAddressBehind(trustedProxies: readonly string[]): (req: IncomingMessage) => string {
  if (trustedProxies.length === 0) return clientAddress;
  // Networks mean what they mean to an app: this is what Express makes of the setting.
  const trusts: (address: string, hop: number) => boolean = express()
    .set('trust proxy', [...trustedProxies])
    .get('trust proxy fn');
  return (req) => {
    const hops = [peerAddress(req) ?? '', ...forwardedFor(req)];
    const ip = hops.find((address, hop) => !trusts(address, hop)) ?? hops.at(-1);
    return ip !== undefined && isIP(ip) !== 0 ? ip : clientAddress(req);
  };
}

/** Nearest first. */
function forwardedFor(req: IncomingMessage): string[] {
  const text = String(req.headers['x-forwarded-for'] ?? '');
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .reverse();
}

/**
 * The part of an address that one customer of a provider has to themselves: all of an IPv4 address, the first 64 bits
 * of an IPv6 one (RFC 6177), since the rest is theirs to choose. One text for every spelling of an address.
 */
export function addressBlock(address: string): string {
  return shorten(address, { ipv4Bytes: 4, ipv6Groups: 4 });
}

/** Roughly where a request came from, for logs and people: `192.0.2.0/24`, `2001:db8:1::/48`. */
export function addressPrefix(address: string): string {
  return shorten(address, { ipv4Bytes: 3, ipv6Groups: 3 });
}

function peerAddress(req: IncomingMessage): string | undefined {
  return req.socket.remoteAddress;
}

function shorten(address: string, { ipv4Bytes, ipv6Groups }: { ipv4Bytes: number; ipv6Groups: number }): string {
  if (isIPv4(address)) {
    const bytes = address.split('.').map((byte, index) => (index < ipv4Bytes ? byte : '0'));
    return `${bytes.join('.')}/${ipv4Bytes * 8}`;
  }
  const groups = groupsOf(address);
  if (groups === undefined) return unknown;
  const mapped = mappedIPv4.exec(groups.join(':'));
  if (mapped !== null) return shorten(dotted(mapped), { ipv4Bytes, ipv6Groups });
  return `${groups.slice(0, ipv6Groups).join(':')}::/${ipv6Groups * 16}`;
}

/** The eight groups of an IPv6 address, without leading zeros; `undefined` for anything else. */
function groupsOf(address: string): readonly string[] | undefined {
  const [literal = ''] = address.split('%', 1);
  const url = `http://[${literal}]/`;
  if (isIP(literal) !== 6 || !URL.canParse(url)) return undefined;
  // The one spelling that the URL standard has for an address: lower case, no dots, at most one "::".
  const [head = '', tail = ''] = new URL(url).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((part) => part.split(':').filter(Boolean));
  const given = [...(before ?? []), ...(after ?? [])];
  return [...(before ?? []), ...Array<string>(8 - given.length).fill('0'), ...(after ?? [])];
}

function dotted([, high = '', low = '']: RegExpExecArray): string {
  return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');
}
