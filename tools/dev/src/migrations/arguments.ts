import type { CommandSpec } from '@auth/command';
import { refuse } from '@auth/command';
import type { DatabaseName } from '../stack/services.ts';
import { databaseNames } from '../stack/services.ts';

/** Finds a service with a database by its name. @throws UsageError */
export function parseDatabaseName(spec: CommandSpec, text: string): DatabaseName {
  const name = databaseNames.find((candidate) => candidate === text);
  return (
    name ?? refuse(spec, `there is no service "${text}" with a database: it is one of ${databaseNames.join(', ')}`)
  );
}
