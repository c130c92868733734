import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { issuerService } from '@auth/contracts';
import { ServiceName } from '@auth/verify';

/** The file name of a document in the folder of its service: `<dir>/order/keys.json`. */
const ownName = 'keys.json';

const flat = (dir: string, service: string): string => join(dir, `${service}.json`);
const nested = (dir: string, service: string): string => join(dir, service, ownName);

/**
 * Returns the path of a service's document: `<dir>/<service>.json`, or `<dir>/<service>/keys.json` in a layout with
 * folders. A container mounts the latter: through a mount of a folder a replaced file is visible.
 */
export function documentFile(dir: string, service: string): string {
  if (existsSync(nested(dir, service))) return nested(dir, service);
  if (existsSync(flat(dir, service))) return flat(dir, service);
  const hasFolders = existsSync(join(dir, service)) || existsSync(nested(dir, issuerService));
  return hasFolders ? nested(dir, service) : flat(dir, service);
}

/** Lists the services whose documents are in a folder, sorted; none without the folder. */
export async function servicesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const services = names.flatMap((name) => {
    if (name.endsWith('.json')) return [name.slice(0, -'.json'.length)];
    return existsSync(nested(dir, name)) ? [name] : [];
  });
  return [...new Set(services)].filter((name) => ServiceName.safeParse(name).success).sort();
}

/** Makes a folder for each service and moves its document there. Safe to run again after an interruption. */
export async function layOutFolders(dir: string, services: readonly string[]): Promise<void> {
  for (const service of new Set([...services, ...(await servicesIn(dir))])) {
    await mkdir(join(dir, service), { recursive: true, mode: 0o700 });
    if (existsSync(flat(dir, service))) await rename(flat(dir, service), nested(dir, service));
  }
}
