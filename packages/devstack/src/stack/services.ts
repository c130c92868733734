import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@auth/contracts';
import { services as serviceNames } from '@auth/contracts';

export { type ServiceName, serviceNames };

/** Where this checkout lies. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** What the launcher knows of a service. */
export interface Service {
  name: ServiceName;
  /** Added to `PORT_BASE`. */
  portOffset: number;
  /** Absolute path of its package. */
  folder: string;
  colour: 'magenta' | 'green' | 'yellow';
  /** Its database in the embedded Postgres. */
  database: string;
  /** The setting that puts another database in the place of the embedded one. */
  databaseSetting: `DATABASE_URL_${Uppercase<ServiceName>}`;
}

/** The table of services: add a line here to have one more in `pnpm dev`. */
export const services: Readonly<Record<ServiceName, Service>> = {
  user: {
    name: 'user',
    portOffset: 1,
    folder: join(repositoryRoot, 'apps/user'),
    colour: 'magenta',
    database: 'user',
    databaseSetting: 'DATABASE_URL_USER',
  },
  product: {
    name: 'product',
    portOffset: 2,
    folder: join(repositoryRoot, 'apps/product'),
    colour: 'green',
    database: 'product',
    databaseSetting: 'DATABASE_URL_PRODUCT',
  },
  order: {
    name: 'order',
    portOffset: 3,
    folder: join(repositoryRoot, 'apps/order'),
    colour: 'yellow',
    database: 'order',
    databaseSetting: 'DATABASE_URL_ORDER',
  },
};

/** One value for each service. */
export function perService<T>(make: (name: ServiceName) => T): Record<ServiceName, T> {
  return { user: make('user'), product: make('product'), order: make('order') };
}

/** The port of a service. */
export function servicePort(name: ServiceName, portBase: number): number {
  return portBase + services[name].portOffset;
}

/** The base URL of a service, without a slash at the end. */
export function serviceUrl(name: ServiceName, portBase: number): string {
  return `http://127.0.0.1:${servicePort(name, portBase)}`;
}

/** The port of a service's metrics: `ADMIN_PORT` unless set. */
export function adminPort(name: ServiceName, portBase: number): number {
  return servicePort(name, portBase) + 100;
}
