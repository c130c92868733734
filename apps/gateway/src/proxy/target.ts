import type { ServiceName } from '@auth/contracts';
import { isUnambiguousTarget } from '@auth/verify';

/** The services that can be reached through the gateway. A new one cannot, until it is named here. */
export const upstreamNames = ['user', 'product', 'order'] as const satisfies readonly ServiceName[];
export type UpstreamName = (typeof upstreamNames)[number];

/** Which service answers what lies below a path. */
export interface ProxyRoute {
  readonly prefix: `/${string}`;
  readonly service: UpstreamName;
  /** Under which all of it is counted. */
  readonly template: string;
  /** The route hashes passwords and takes its time: its duration does not show a failing service. */
  readonly slow?: boolean;
}

/** All that is proxied, by raw path: case-sensitive, whole segments. The rest of a service cannot be reached from outside. */
export const proxyRoutes: readonly ProxyRoute[] = [
  route('/products', 'product'),
  route('/orders', 'order'),
  { ...route('/auth/login', 'user'), template: '/auth/*', slow: true },
  { ...route('/auth/register', 'user'), template: '/auth/*', slow: true },
  route('/auth', 'user'),
  { ...route('/users/me/password', 'user'), template: '/users/me/*', slow: true },
  // Of the users only the one who asks: /users and /users/:id are for admins, inside.
  route('/users/me', 'user'),
  route('/.well-known', 'user'),
];

/** Servers that know path parameters (RFC 3986 §3.3) read `..;x` as `..`. */
const parameterisedDots = /\/\.{1,2};/;

/** The route of a request target, its bytes as sent; `undefined` for what is not proxied, `ambiguous` for what could be read in two ways. */
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
