import { mug } from '@auth/dev';
import type { LoggedProcess } from '../measure/logged-process.ts';
import type { CompareStack } from './compare-stack.ts';
import type { SessionStore } from './session-store.ts';
import { anonymous, bearerLogIn, gatewayLogIn, type LogIn, sharedLogIn } from './sessions.ts';

/** A way to authenticate a request, in front of the same work. */
export interface Variant {
  readonly key: string;
  readonly title: string;
  readonly origin: string;
  readonly path: string;
  readonly logIn: LogIn;
  /** The gateway or proxy between the client and the service. */
  readonly door: LoggedProcess | undefined;
}

/** Variants that are compared in everything, and variants that only measure the gateway beside a plain proxy. */
export interface Variants {
  readonly compared: readonly Variant[];
  readonly proxies: readonly Variant[];
}

/** Lists the variants. Those with Redis are left out without it. */
export function variantsOf(
  stack: CompareStack,
  stores: { readonly postgres: SessionStore; readonly redis: SessionStore | undefined },
): Variants {
  const { shop, proxy, gateways } = stack;
  const bearer = bearerLogIn(stack.user().url);
  const at = (key: string, title: string, prefix: string, logIn: LogIn): Variant => ({
    key,
    title,
    origin: shop.url,
    path: `${prefix}/products/${mug.id}`,
    logIn,
    door: undefined,
  });
  const behind = (door: LoggedProcess | undefined, key: string, title: string, logIn: LogIn): Variant[] =>
    door === undefined ? [] : [{ key, title, origin: door.url, path: `/products/${mug.id}`, logIn, door }];
  const [inPostgres, inRedis] = (['postgres', 'redis'] as const).map((name) =>
    gatewayLogIn({ gateway: gateways[name]?.url ?? '', replica: gateways[`${name}Quiet`]?.url ?? '' }),
  ) as [LogIn, LogIn];
  return {
    compared: [
      at('open', '(0) open route', '/open', anonymous),
      at('bearer', '(a) bearer token, verified by the service', '', bearer),
      ...behind(gateways.postgres, 'gateway-postgres', '(b) gateway, sessions in Postgres', inPostgres),
      ...behind(gateways.redis, 'gateway-redis', '(b) gateway, Redis in front of Postgres', inRedis),
      at('shared-postgres', '(c) service looks into Postgres', '/shared-postgres', sharedLogIn(stores.postgres)),
      ...(stores.redis === undefined
        ? []
        : [at('shared-redis', '(c) service looks into Redis', '/shared-redis', sharedLogIn(stores.redis))]),
      at('ask-user', '(d) service asks the user app', '/ask-user', bearer),
    ],
    proxies: [
      ...behind(proxy, 'plain-proxy', 'plain undici proxy, bearer token', bearer),
      ...behind(gateways.postgres, 'gateway-bearer', 'gateway, bearer token passes through', bearer),
      ...behind(gateways.postgresQuiet, 'gateway-postgres-quiet', 'gateway, Postgres, no log lines', inPostgres),
      ...behind(gateways.redisQuiet, 'gateway-redis-quiet', 'gateway, Redis, no log lines', inRedis),
    ],
  };
}
