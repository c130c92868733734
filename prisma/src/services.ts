import { fileURLToPath } from 'node:url';

/** The services with a database of their own. */
export const services = ['user', 'product', 'order', 'gateway'] as const;
export type Service = (typeof services)[number];

/** Absolute paths of a service's schema and migrations. */
export const servicePaths = (service: Service): { schemaPath: string; migrationsDir: string } => ({
  schemaPath: fileURLToPath(new URL(`../${service}/schema.prisma`, import.meta.url)),
  migrationsDir: fileURLToPath(new URL(`../${service}/migrations`, import.meta.url)),
});
