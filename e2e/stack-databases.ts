import { databaseNames, databaseSetting } from '@auth/dev';
import { openTestDatabase } from '@auth/testkit';

/** Opens databases for a stack on the Postgres of the test run, which is faster than a new cluster. */
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
