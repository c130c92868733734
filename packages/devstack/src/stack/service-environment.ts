import { pathToFileURL } from 'node:url';
import type { ServiceName } from './services.ts';
import { servicePort, serviceUrl } from './services.ts';

/** Makes the environment of a service: our defaults, then the developer's variables, then what must be as it is. */
export function serviceEnvironment(
  name: ServiceName,
  options: {
    /** The developer's own variables. */
    environment: Record<string, string>;
    portBase: number;
    databaseUrl: string;
    keyFile: string;
    /** Absolute path of the folder that all services share. */
    dataDir: string;
    /** Wins over everything else. */
    overrides: Record<string, string>;
  },
): Record<string, string> {
  return {
    LOG_FORMAT: 'pretty',
    // Nothing routes traffic here that would need time to notice.
    DRAIN_DELAY_MS: '0',
    REVOCATIONS: pathToFileURL(`${options.dataDir}/revocations.log`).href,
    ...(name === 'user' ? { BCRYPT_COST: '10' } : {}),
    ...options.environment,
    HOST: '127.0.0.1',
    PORT: String(servicePort(name, options.portBase)),
    DATABASE_URL: options.databaseUrl,
    AUTH_KEYS_FILE: options.keyFile,
    ...(name === 'order'
      ? { USER_URL: serviceUrl('user', options.portBase), PRODUCT_URL: serviceUrl('product', options.portBase) }
      : {}),
    ...options.overrides,
  };
}
