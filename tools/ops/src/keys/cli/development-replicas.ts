import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gateway, services } from '@auth/contracts';
import type { AdminUrls } from '../manage/replicas.ts';

/** The admin ports of the `pnpm dev` that runs on a data folder: none when there is none. */
export async function developmentReplicas(dataDir: string): Promise<AdminUrls> {
  const text = await readFile(join(dataDir, 'running.json'), 'utf8').catch(() => undefined);
  const portBase = text === undefined ? undefined : portBaseOf(text);
  if (portBase === undefined) return {};
  // The gateway's port is the base, a service's comes after it by its place in the list; an admin port is 100 more.
  const inOrder = [gateway, ...services];
  return Object.fromEntries(inOrder.map((name, index) => [name, [`http://127.0.0.1:${portBase + index + 100}`]]));
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
