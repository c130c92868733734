import { parseDatabaseUrl } from '@auth/db/connection';
import { startStopwatch } from '../stack/duration.ts';
import { type DatabaseName, databaseSetting } from '../stack/services.ts';
import type { Say } from '../terminal/console.ts';
import { seedProducts, seedUsers } from './seed.ts';

/** Whether a database is on this machine. Demo data is kept out of any other: its administrator has a public password. */
export function isLocalDatabase(url: string): boolean {
  try {
    const { host } = parseDatabaseUrl(url);
    return ['localhost', '127.0.0.1', '::1'].includes(host) || host.startsWith('/');
  } catch {
    // For example a URL with two hosts, which nothing here connects to.
    return false;
  }
}

/** Creates the demo users and products in the databases of this machine, and reports it. */
export async function seedDemoData(databaseUrls: Record<DatabaseName, string>, say: Say): Promise<void> {
  const elapsed = startStopwatch();
  const seed = async (name: 'user' | 'product', fill: (url: string) => Promise<number>): Promise<number> => {
    if (isLocalDatabase(databaseUrls[name])) return fill(databaseUrls[name]);
    say('dev', `no demo data for ${name}: the database of ${databaseSetting(name)} is on another machine`);
    return 0;
  };
  const [users, products] = await Promise.all([seed('user', seedUsers), seed('product', seedProducts)]);
  if (users + products > 0) say('dev', `demo data: ${users} users, ${products} products (${elapsed()})`);
}
