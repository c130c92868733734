import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neighboursFolder } from '../../measure/child.ts';

/** Name and version of the packages that are measured, as they are installed. */
export function versionsOf(): readonly string[] {
  const { dependencies } = read<{ dependencies: Readonly<Record<string, string>> }>('package.json');
  return Object.keys(dependencies).map(
    (name) => `${name} ${read<{ version: string }>(`node_modules/${name}/package.json`).version}`,
  );
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(neighboursFolder, file), 'utf8')) as T;
}
