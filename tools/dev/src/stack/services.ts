import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppName, services as audiences, gateway, apps as serviceNames } from '@auth/contracts';
import { type Service as DatabaseName, services as databaseNames } from '@auth/db/services';

export { type AppName, type DatabaseName, databaseNames, serviceNames };

/** The folder of this checkout. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** The launcher's description of a service. */
export interface Service {
  readonly name: AppName;
  /** Absolute path of its package. */
  readonly folder: string;
  readonly colour: (typeof colours)[number];
}

const colours = ['magenta', 'green', 'yellow', 'blue', 'white'] as const;

/** All services of the contracts, and the gateway. Their descriptions follow from name and position. */
export const services: Readonly<Record<AppName, Service>> = perService((name) => ({
  name,
  folder: join(repositoryRoot, 'apps', name),
  colour: colours[serviceNames.indexOf(name) % colours.length] ?? 'white',
}));

/** One value for each service. */
export function perService<T>(make: (name: AppName) => T): Record<AppName, T> {
  return Object.fromEntries(serviceNames.map((name) => [name, make(name)])) as Record<AppName, T>;
}

/** One value for each service that has a database. */
export function perDatabase<T>(make: (name: DatabaseName) => T): Record<DatabaseName, T> {
  return Object.fromEntries(databaseNames.map((name) => [name, make(name)])) as Record<DatabaseName, T>;
}

/** Whether a service has its own database. */
export function hasDatabase(name: AppName): name is DatabaseName {
  return databaseNames.some((known) => known === name);
}

/** Names the setting that replaces an embedded database: `DATABASE_URL_ORDER`. */
export function databaseSetting(name: DatabaseName): string {
  return `DATABASE_URL_${inCapitals(name)}`;
}

/** Names the setting for the same database without the pooler: `DATABASE_DIRECT_URL_ORDER`. */
export function directDatabaseSetting(name: DatabaseName): string {
  return `DATABASE_DIRECT_URL_${inCapitals(name)}`;
}

/** Names the setting with the URL of another service: `ORDER_URL`. */
export function urlSetting(name: AppName): string {
  return `${inCapitals(name)}_URL`;
}

/** The port of a service: `PORT_BASE` + 1 is the first. The gateway's is `PORT_BASE` itself, so that a new service changes no other port. */
export function servicePort(name: AppName, portBase: number): number {
  return portBase + [gateway, ...audiences].indexOf(name);
}

/** The base URL of a service, without a slash at the end. */
export function serviceUrl(name: AppName, portBase: number): string {
  return `http://127.0.0.1:${servicePort(name, portBase)}`;
}

/** The port of a service's metrics: `ADMIN_PORT` unless set. */
export function adminPort(name: AppName, portBase: number): number {
  return servicePort(name, portBase) + 100;
}

function inCapitals(name: AppName): string {
  return name.toUpperCase().replaceAll('-', '_');
}
