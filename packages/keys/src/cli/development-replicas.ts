import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { services } from '@auth/contracts';
import type { AdminUrls } from '../manage/replicas.ts';

/** The admin ports of the `pnpm dev` that runs on a data folder: none when there is none. */
export async function developmentReplicas(dataDir: string): Promise<AdminUrls> {
  const text = await readFile(join(dataDir, 'running.json'), 'utf8').catch(() => undefined);
  const portBase = text === undefined ? undefined : portBaseOf(text);
  if (portBase === undefined) return {};
  // A service's port is the base and its place in the list, its admin port 100 more.
  return Object.fromEntries(services.map((name, index) => [name, [`http://127.0.0.1:${portBase + index + 101}`]]));
}

function portBaseOf(text: string): number | undefined {
  try {
    const claim: unknown = JSON.parse(text);
    if (typeof claim !== 'object' || claim === null || !('portBase' in claim)) return undefined;
    return typeof claim.portBase === 'number' ? claim.portBase : undefined;
  } catch {
    return undefined;
  }
}
