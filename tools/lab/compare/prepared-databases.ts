import { migrate } from '@auth/db/migrate';
import { seedProducts, seedUsers } from '@auth/dev/demo/seed';
import { ensureDatabase } from '@auth/dev/postgres/databases';

/** Makes the databases of the apps, with the demo data, and one for sessions that services share. */
export async function prepareDatabases(url: (name: string) => string): Promise<void> {
  for (const name of ['user', 'product', 'gateway'] as const) {
    await ensureDatabase(url(name));
    await migrate({ url: url(name), service: name });
  }
  await ensureDatabase(url('shared'));
  await seedUsers(url('user'));
  await seedProducts(url('product'));
}
