import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { readSettings, type Stack, serviceNames, startStack } from '@auth/dev';
import { adminPort } from '@auth/dev/stack/services';

/** The services, running for one measurement. */
export interface LabStack extends Stack {
  /** The folder of the key documents. */
  readonly keysDir: string;
  /** The `--admin` options of `pnpm keys` for every replica. */
  readonly adminOptions: readonly string[];
}

interface StackOptions {
  readonly portBase: string;
  readonly serviceEnv?: Readonly<Record<string, string>>;
  /** Log level of the services; `fatal` for work that provokes errors. */
  readonly logLevel?: 'warn' | 'fatal';
}

/** Starts the services with databases of their own, runs the work, and removes everything afterwards. */
export async function withStack<T>(
  { portBase, serviceEnv, logLevel = 'warn' }: StackOptions,
  work: (stack: LabStack) => Promise<T>,
): Promise<T> {
  return withDataDir(async (dataDir) => {
    const settings = readSettings({ ...env, PORT_BASE: portBase, DATA_DIR: dataDir });
    const shown = logLevel === 'fatal' ? /fatal/i : /fatal|error/i;
    const stack = await startStack({
      settings,
      watch: false,
      seed: true,
      say(name, line) {
        if (shown.test(line)) process.stderr.write(`${name} ${line}\n`);
      },
      serviceEnv: { LOG_LEVEL: logLevel, ...serviceEnv },
    });
    const adminOptions = serviceNames.flatMap((name) => [
      '--admin',
      `${name}=http://127.0.0.1:${adminPort(name, settings.portBase)}`,
    ]);
    try {
      return await work({ ...stack, keysDir: join(dataDir, 'keys'), adminOptions });
    } finally {
      await stack.close();
    }
  });
}

/** Runs work with a folder for its data, which is removed afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await createDataDir('bench-');
  try {
    return await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Creates a temporary folder. Postgres runs as another user when this process is root and needs to enter it. */
export async function createDataDir(prefix: string): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), prefix));
  await chmod(dataDir, 0o755);
  return dataDir;
}
