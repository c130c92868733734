import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';

/** On what it ran. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Day, as RFC 3339 has it. */
  readonly date: string;
  /** Name and version of everything that matters. */
  readonly versions: readonly string[];
}

/** Packages that do the work, and whose `node_modules` they are in. */
const packages = [
  ['apps/gateway', 'express'],
  ['apps/gateway', 'undici'],
  ['packages/http', 'pino'],
  ['packages/verify', 'jsonwebtoken'],
  ['prisma', '@prisma/client'],
  ['prisma', 'pg'],
  ['tools/lab', 'ioredis'],
] as const;

/** Reads what the numbers depend on; `names` are the packages with their versions, those of the comparison unless given. */
export function readMachine(
  stores: { postgres: string; redis: string | undefined },
  names: readonly string[] = packages.map(([folder, name]) => `${name} ${versionOf(folder, name)}`),
): Machine {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    date: new Date().toISOString().slice(0, 10),
    versions: [
      `Node ${process.version.slice(1)}`,
      `Postgres ${stores.postgres}`,
      stores.redis === undefined ? 'no Redis' : `Redis ${stores.redis}`,
      ...names,
    ],
  };
}

function versionOf(folder: string, name: string): string {
  const file = join(repositoryRoot, folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
