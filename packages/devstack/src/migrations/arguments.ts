import { LaunchError } from '../stack/launch-error.ts';
import type { DatabaseName } from '../stack/services.ts';
import { databaseNames } from '../stack/services.ts';

/** `EX_USAGE` of sysexits.h. */
const USAGE_EXIT_CODE = 64;

/** Throws a LaunchError that says what is wrong with the command line, and how to use it. */
export function refuseUsage(problem: string, usage: string): never {
  throw new LaunchError(`${problem}\n\n${usage}`, { exitCode: USAGE_EXIT_CODE });
}

/** @throws LaunchError unless `text` names a service that has a database. */
export function parseDatabaseName(text: string, usage: string): DatabaseName {
  const name = databaseNames.find((candidate) => candidate === text);
  return (
    name ??
    refuseUsage(`There is no service "${text}" with a database: it is one of ${databaseNames.join(', ')}.`, usage)
  );
}
