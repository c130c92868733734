import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@auth/command';
import { apps, type OperationSpec, operations } from '@auth/contracts';

/** A call that the new service may make. */
export interface PlannedCall {
  readonly id: string;
  /** The service that has the operation. */
  readonly callee: string;
  readonly operation: OperationSpec;
}

/** A service that can be added. */
export interface ServicePlan {
  readonly name: string;
  readonly calls: readonly PlannedCall[];
}

/** Names that mean something else in file names, paths, logs, metrics or tests. */
const reserved: ReadonlySet<string> = new Set([
  'dev',
  'docs',
  'elsewhere',
  'internal',
  'jwks',
  'nobody',
  'postgres',
  'redis',
  'template',
  'thing',
  'things',
  'unknown',
  'unmatched',
]);

const known: ReadonlyMap<string, OperationSpec> = new Map(Object.entries(operations));

/**
 * Checks a request for a new service, before anything is written.
 *
 * @returns the plan, or every problem in words
 */
export function planService(
  { name, calls: ids }: { readonly name: string; readonly calls: readonly string[] },
  { root }: { readonly root: string },
): ServicePlan | readonly string[] {
  const calls = [...new Set(ids)].map((id) => ({ id, callee: id.split(':')[0] ?? '', operation: known.get(id) }));
  const problems = [
    ...problemsOfName(name, root),
    ...calls.filter(({ operation }) => operation === undefined).map(({ id }) => problemOfCall(id)),
  ];
  if (problems.length > 0) return problems;
  return { name, calls: calls.flatMap(({ operation, ...call }) => (operation ? [{ ...call, operation }] : [])) };
}

function problemsOfName(name: string, root: string): readonly string[] {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 32) {
    return [
      `${JSON.stringify(name)} cannot name a service: up to 32 lower-case letters, digits and single dashes, a letter first`,
    ];
  }
  if (apps.some((app) => app === name)) return [`there is a service ${name} already`];
  if (reserved.has(name) || name.startsWith('chunk-')) return [`the name ${name} is reserved`];
  return existsSync(join(root, 'apps', name)) ? [`there is a folder apps/${name} already`] : [];
}

function problemOfCall(id: string): string {
  const meant = nearest(id, [...known.keys()]);
  const advice = meant === undefined ? `the operations are ${[...known.keys()].join(', ')}` : `did you mean ${meant}?`;
  return `there is no operation ${JSON.stringify(id)}: ${advice}`;
}
