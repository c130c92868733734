import type { ServiceName } from '@auth/contracts';
import { isUnambiguousTarget } from '@auth/verify';

/** The services behind the gateway. A new service cannot be reached until it is named here. */
export const upstreamNames = ['user', 'product', 'order'] as const satisfies readonly ServiceName[];
export type UpstreamName = (typeof upstreamNames)[number];

/** The service for a path and everything below it. */
export interface ProxyRoute {
  readonly prefix: `/${string}`;
  readonly service: UpstreamName;
  /** The path template for metrics. */
  readonly template: string;
  /** The route hashes passwords and takes its time: its duration does not show a failing service. */
  readonly slow?: boolean;
}

/**
 * The forwarded paths: case-sensitive, whole segments of the raw path. All other paths of a service cannot be reached.
 */
export const proxyRoutes: readonly ProxyRoute[] = [
  route('/products', 'product'),
  route('/orders', 'order'),
  { ...route('/auth/login', 'user'), template: '/auth/*', slow: true },
  { ...route('/auth/register', 'user'), template: '/auth/*', slow: true },
  route('/auth', 'user'),
  { ...route('/users/me/password', 'user'), template: '/users/me/*', slow: true },
  // Only the client's own user: /users and /users/:id are for admins, inside the network.
  route('/users/me', 'user'),
  route('/.well-known', 'user'),
];

/** Dot segments with parameters: servers that know path parameters (RFC 3986 §3.3) read `..;x` as `..`. */
const parameterisedDots = /\/\.{1,2};/;

/**
 * Returns the route of a request target as sent; `undefined` if it is not proxied, `ambiguous` if it can be read in two
 * ways.
 */
export function findProxyRoute(target: string): ProxyRoute | 'ambiguous' | undefined {
  if (!isUnambiguousTarget(target) || parameterisedDots.test(target)) return 'ambiguous';
  return proxyRoutes.find(({ prefix }) => target.startsWith(prefix) && endsSegment(target, prefix.length));
}

function endsSegment(target: string, at: number): boolean {
  return at === target.length || target[at] === '/' || target[at] === '?';
}

function route(prefix: `/${string}`, service: UpstreamName): ProxyRoute {
  return { prefix, service, template: `${prefix}/*` };
}
