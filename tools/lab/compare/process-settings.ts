import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { repositoryRoot } from '@auth/dev';

/** The gateways, by the store of their sessions. A quiet one does not log requests. */
export const gatewayNames = ['postgres', 'redis', 'postgresQuiet', 'redisQuiet'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Ports, stores and files of the comparison. */
export interface Places {
  readonly ports: Readonly<Record<'user' | 'userAdmin' | 'shop' | 'proxy' | GatewayName, number>>;
  readonly databaseUrl: (name: string) => string;
  readonly redisUrl: string | undefined;
  /** Path of each app's key document. */
  readonly keyFiles: Readonly<Record<string, string>>;
  readonly dataDir: string;
  /** The environment of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The program and the environment of a process. */
export interface ProcessSettings {
  readonly name: string;
  readonly file: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

export const urlOf = (port: number) => `http://127.0.0.1:${port}`;

/** Creates settings as in production: every request is logged, in JSON. */
export function processSettings(places: Places) {
  const { ports, databaseUrl, redisUrl, keyFiles, dataDir, environment } = places;
  const common = {
    // Variables of a developer's shell must not reach the processes.
    PATH: environment['PATH'] ?? '',
    HOME: environment['HOME'] ?? '',
    LOG_FORMAT: 'json',
    DRAIN_DELAY_MS: '0',
    ADMIN_PORT: '0',
    REVOCATIONS: pathToFileURL(join(dataDir, 'revocations.log')).href,
  };
  const app = (name: string) => ({ name, file: join(repositoryRoot, 'apps', name, 'src/main.ts') });
  const ours = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const keysOf = (name: string) => ({ AUTH_KEYS_FILE: keyFiles[name] ?? '' });
  const withRedis = redisUrl === undefined ? {} : { REDIS_URL: redisUrl };
  return {
    user: (): ProcessSettings => ({
      ...app('user'),
      port: ports.user,
      env: {
        ...common,
        ...keysOf('user'),
        DATABASE_URL: databaseUrl('user'),
        ADMIN_PORT: String(ports.userAdmin),
        BCRYPT_COST: '10',
      },
    }),
    shop: (): ProcessSettings => ({
      name: 'shop',
      file: ours('shop-service'),
      port: ports.shop,
      env: {
        ...common,
        ...withRedis,
        ...keysOf('product'),
        USER_URL: urlOf(ports.user),
        DATABASE_URL: databaseUrl('product'),
        SESSIONS_URL: databaseUrl('shared'),
      },
    }),
    proxy: (): ProcessSettings => ({
      name: 'plain-proxy',
      file: ours('plain-proxy'),
      port: ports.proxy,
      env: { ...common, UPSTREAM_URL: urlOf(ports.shop) },
    }),
    gateway: (name: GatewayName): ProcessSettings => ({
      ...app('gateway'),
      name: `gateway-${name}`,
      port: ports[name],
      env: {
        ...common,
        ...keysOf('gateway'),
        DATABASE_URL: databaseUrl('gateway'),
        ...(name.startsWith('redis') ? withRedis : {}),
        ...(name.endsWith('Quiet') ? { LOG_LEVEL: 'warn' } : {}),
        // To the browser all replicas are one site.
        PUBLIC_ORIGIN: gatewayNames.map((each) => urlOf(ports[each])).join(','),
        USER_URL: urlOf(ports.user),
        PRODUCT_URL: urlOf(ports.shop),
        ORDER_URL: urlOf(ports.shop),
      },
    }),
  };
}
