import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Stack } from '@auth/dev';
import { readSettings, serviceNames, startStack } from '@auth/dev';
import { adminPort } from '@auth/dev/stack/services';
import { labCommands } from '../commands.ts';

/** A stack of its own for a drill: the real processes, on a database of their own. */
export interface DrillStack extends Stack {
  /** Where the key documents are. */
  readonly keysDir: string;
  /** The `--admin` options for every replica. */
  readonly adminOptions: readonly string[];
}

const portBase = labCommands.drill.variables.PORT_BASE.default;

/** Runs a drill on a stack that is gone afterwards. */
export async function withDrillStack<T>(
  serviceEnv: Record<string, string>,
  drill: (stack: DrillStack) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drill-'));
  // Postgres runs as another user when we are root: it has to reach its data.
  await chmod(dataDir, 0o755);
  const settings = readSettings({ PORT_BASE: portBase, ...env, DATA_DIR: dataDir });
  const say = (name: string, line: string) => {
    if (/fatal/i.test(line)) process.stderr.write(`${name} ${line}\n`);
  };
  try {
    const stack = await startStack({
      ...{ settings, watch: false, say, seed: true },
      serviceEnv: { LOG_LEVEL: 'fatal', ...serviceEnv },
    });
    const adminOptions = serviceNames.flatMap((name) => [
      '--admin',
      `${name}=http://127.0.0.1:${adminPort(name, settings.portBase)}`,
    ]);
    try {
      return await drill({ ...stack, keysDir: join(dataDir, 'keys'), adminOptions });
    } finally {
      await stack.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
