import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { edges, gateway, services } from '@auth/contracts';
import { type AppName, repositoryRoot, servicePort, serviceUrl, urlSetting } from './services.ts';

/**
 * Settings for development: cheap password hashes, and limits for one machine from which developers, tests and drills log
 * in. The gateway forwards the address of the client, so limits apply to browsers and not to the gateway.
 */
const forUser = {
  BCRYPT_COST: '10',
  LOGIN_TRIES_PER_ADDRESS: '10000',
  LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS: '1000',
  LOGIN_TRIES_PER_ACCOUNT: '1000',
  LOGINS_PER_ACCOUNT: '100000',
  REGISTRATIONS_PER_ADDRESS: '10000',
  TRUSTED_PROXIES: 'loopback',
};

/** The page to try the gateway with. */
const forGateway = { PAGE_DIR: join(repositoryRoot, 'tools/dev/page') };

/** Creates the environment of a service: defaults, then the developer's variables, then fixed values. */
export function serviceEnvironment(
  name: AppName,
  options: {
    /** The developer's own variables. */
    environment: Record<string, string>;
    portBase: number;
    /** Absent for a service that has no database. */
    databaseUrl: string | undefined;
    /** Further settings of that database: its pooler and its direct URL. */
    databaseSettings?: Record<string, string>;
    keyFile: string;
    /** Absolute path of the folder that all services share. */
    dataDir: string;
    /** Takes precedence over all others. */
    overrides: Record<string, string>;
  },
): Record<string, string> {
  return {
    LOG_FORMAT: 'pretty',
    // No load balancer has to notice the stop.
    DRAIN_DELAY_MS: '0',
    REVOCATIONS: pathToFileURL(`${options.dataDir}/revocations.log`).href,
    ...(name === 'user' ? forUser : {}),
    ...(name === gateway ? forGateway : {}),
    ...options.environment,
    ...withoutProxy(options.environment),
    HOST: '127.0.0.1',
    PORT: String(servicePort(name, options.portBase)),
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl, ...options.databaseSettings }),
    AUTH_KEYS_FILE: options.keyFile,
    ...neighbours(name, options.portBase),
    ...(name === gateway ? { PUBLIC_ORIGIN: publicOrigins(options.portBase) } : {}),
    ...options.overrides,
  };
}

/** The names of this machine, to which calls must not use a proxy. */
const thisMachine = ['127.0.0.1', 'localhost', '::1'];

/**
 * Keeps calls between services from a proxy of the developer's shell: with NODE_USE_ENV_PROXY=1 Node (24 and later) sends
 * them there unless NO_PROXY names their hosts. Both spellings are set, since programs differ in which they prefer.
 */
function withoutProxy(environment: Record<string, string>): Record<string, string> {
  const given = [environment['NO_PROXY'], environment['no_proxy']].filter((text) => text !== undefined && text !== '');
  const value = [...given, ...thisMachine].join(',');
  return { NO_PROXY: value, no_proxy: value };
}

/** The URLs of the services that it may call: all services, for the gateway. */
function neighbours(name: AppName, portBase: number): Record<string, string> {
  const callees = edges().flatMap(({ caller, callee }) => (caller === name ? [callee] : []));
  const behind = name === gateway ? services : callees;
  return Object.fromEntries(behind.map((other) => [urlSetting(other), serviceUrl(other, portBase)]));
}

/** The origins by which a browser may reach this machine. */
function publicOrigins(portBase: number): string {
  return ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${servicePort(gateway, portBase)}`).join(',');
}
