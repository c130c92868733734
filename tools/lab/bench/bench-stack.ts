import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Stack } from '@auth/dev';
import { readSettings, startStack } from '@auth/dev';

/** Runs a measurement on the real processes, which are gone afterwards. */
export async function withBenchStack<T>(
  serviceEnv: Record<string, string>,
  measure: (urls: Stack['urls']) => Promise<T>,
  portBase: string,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
  // Postgres runs as another user when we are root: it has to reach its data.
  await chmod(dataDir, 0o755);
  const settings = readSettings({ ...env, PORT_BASE: portBase, DATA_DIR: dataDir });
  const say = (_name: string, line: string) => {
    if (/fatal|error/i.test(line)) process.stderr.write(`${line}\n`);
  };
  const stack = await startStack({
    ...{ settings, watch: false, say, seed: true },
    serviceEnv: { LOG_LEVEL: 'warn', ...serviceEnv },
  });
  try {
    return await measure(stack.urls);
  } finally {
    await stack.close();
    await rm(dataDir, { recursive: true });
  }
}
