import { databaseNames, databaseSetting } from '@auth/dev';
import { openTestDatabase } from '@auth/testkit';

/** Databases for a stack on the Postgres of the test run: quicker than a cluster of its own. */
export async function openStackDatabases(): Promise<{ env: Record<string, string>; drop(): Promise<void> }> {
  const databases = await Promise.all(
    databaseNames.map(async (name) => ({ setting: databaseSetting(name), ...(await openTestDatabase(name)) })),
  );
  return {
    env: Object.fromEntries(databases.map(({ setting, url }) => [setting, url])),
    drop: async () => {
      await Promise.all(databases.map((database) => database.drop()));
    },
  };
}
