import { databaseNames, databaseSetting } from '../stack/services.ts';

/** Advice for machines where the embedded Postgres does not run. A test follows it to the letter. */
export function ownPostgresAdvice(): string {
  const settings = databaseNames.map(
    (name) => `${databaseSetting(name)}=postgresql://<user>:<password>@<host>:5432/${name}`,
  );
  return (
    `Use a Postgres of yours instead: set ${settings.join(' ')} (databases that are missing are created). ` +
    'For tests set TEST_DATABASE_URL=postgresql://<user>:<password>@<host>:5432/postgres'
  );
}
