import { fileURLToPath } from 'node:url';

/** The services with a database of their own. */
export const services = ['user', 'product', 'order', 'gateway'] as const;
export type Service = (typeof services)[number];

/** The absolute path of a service's migrations. */
export const migrationsFolder = (service: Service): string =>
  fileURLToPath(new URL(`../${service}/migrations`, import.meta.url));
