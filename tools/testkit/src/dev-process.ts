import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '@auth/dev/stack/processes';
import { repositoryRoot } from '@auth/dev/stack/services';

/** A `pnpm dev` with other ports and another data folder. */
export interface DevProcess {
  pid: number;
  output(): string;
  /** Resolves when the output matches; rejects when the process ends first. */
  sees(pattern: RegExp): Promise<void>;
  /** The exit code, or the name of the signal. */
  exit: Promise<number | string>;
  /** Lists the launcher and all its current descendants. */
  tree(): number[];
}

/** The options of a launcher. */
export interface DevOptions {
  portBase: number;
  dataDir: string;
  env?: Record<string, string>;
  /** Whether a shell starts the launcher, as a package manager does. */
  inShell?: boolean;
}

const command = ['tools/dev/dev.mjs'];

export function startDev({ portBase, dataDir, env = {}, inShell = false }: DevOptions): DevProcess {
  const [file, args] = inShell
    ? ['sh', ['-c', `"$0" "$@"; exit $?`, process.execPath, ...command]]
    : [process.execPath, command];
  const child = spawn(file, args, {
    cwd: repositoryRoot,
    env: { ...process.env, PORT_BASE: String(portBase), DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  return {
    pid,
    output: () => output,
    exit,
    tree: () => processTree(pid),
    sees: (pattern) => sees(child, pattern, () => output),
  };
}

async function sees(child: ChildProcess, pattern: RegExp, output: () => string): Promise<void> {
  await until(() => pattern.test(output()) || child.exitCode !== null || child.signalCode !== null);
  if (!pattern.test(output())) throw new Error(`ended without ${pattern}:\n${output()}`);
}

/** Polls until the condition is true. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}

function processTree(root: number): number[] {
  const rows = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const tree = [root];
  for (const parent of tree) for (const [pid, ppid] of pairs) if (ppid === parent && pid) tree.push(pid);
  return tree;
}

/** Filters the processes that still run. */
export const alive = (pids: readonly number[]): number[] => pids.filter(isAlive);

/** Creates a temporary data folder, which Postgres may enter from any account. */
export function newDataDir(): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'devstack-'));
  chmodSync(dataDir, 0o755);
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}
