import type { CommandRun } from '@auth/command';
import { type DatabaseName, databaseNames } from '../stack/services.ts';

/** Finds a service with a database by its name. @throws UsageError */
export function parseDatabaseName(text: string, { refuse }: Pick<CommandRun, 'refuse'>): DatabaseName {
  const name = databaseNames.find((candidate) => candidate === text);
  return name ?? refuse(`there is no service "${text}" with a database: it is one of ${databaseNames.join(', ')}`);
}
