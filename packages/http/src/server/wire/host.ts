import { isIPv6 } from 'node:net';

/** A registered name or an IPv4 address (RFC 3986 §3.2.2), or an IPv6 address in brackets, and a port. */
const shape = /^(?:\[([\da-f:.]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::(\d{0,5}))?$/i;

/** The last valid value: most requests of a service name the same host. */
let lastValid = 'localhost';

/** Whether a `Host` field, or the authority of a request target, is `uri-host [":" port]` (RFC 9110 §7.2) and not empty. */
export function isHost(value: string): boolean {
  if (value === lastValid) return true;
  const match = shape.exec(value);
  if (match === null) return false;
  const [, ipv6, port = ''] = match;
  if ((ipv6 !== undefined && !isIPv6(ipv6)) || Number(port) > 65_535) return false;
  lastValid = value;
  return true;
}

/** Whether two hosts are the same: names do not depend on case, and 80 is the port of http. */
export function isSameHost(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(host: string): string {
  return host.toLowerCase().replace(/:(?:80)?$/, '');
}
