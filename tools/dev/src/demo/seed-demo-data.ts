import { parseDatabaseUrl } from '@auth/db/connection';
import { startStopwatch } from '../stack/duration.ts';
import type { DatabaseName } from '../stack/services.ts';
import { databaseSetting } from '../stack/services.ts';
import type { Say } from '../terminal/console.ts';
import { seedProducts, seedUsers } from './seed.ts';

/** True for a database of this machine. Demo data stays out of any other: its administrator has a published password. */
export function isLocalDatabase(url: string): boolean {
  try {
    const { host } = parseDatabaseUrl(url);
    return ['localhost', '127.0.0.1', '::1'].includes(host) || host.startsWith('/');
  } catch {
    // A URL that names two hosts, for one: nothing connects by it.
    return false;
  }
}

/** Puts the demo users and products into the databases that are on this machine, and says so. */
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
