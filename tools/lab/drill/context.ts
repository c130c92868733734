import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '@auth/dev';
import { typeScript } from '../measure/child.ts';
import { type LabStack, withStack } from '../measure/stack.ts';

/** Prints a line while a drill runs. */
export type Print = (line: string) => void;

/** The settings of a drill. */
export interface DrillContext {
  readonly portBase: string;
  readonly outageSeconds: number;
  readonly print: Print;
}

/** A drill. Returns whether it passed. */
export type Drill = (context: DrillContext) => Promise<boolean>;

/** Runs a drill on the services with temporary databases, which log fatal errors only. */
export function withDrillStack<T>(
  { portBase }: DrillContext,
  serviceEnv: Readonly<Record<string, string>>,
  work: (stack: LabStack) => Promise<T>,
): Promise<T> {
  return withStack({ portBase, serviceEnv, logLevel: 'fatal' }, work);
}

/** Runs `pnpm keys` on the documents of a stack, as an operator does. @throws Error when it does not exit 0 */
export async function runKeys(
  { keysDir, adminOptions }: LabStack,
  words: readonly string[],
  onLine: Print,
): Promise<void> {
  const args = [...typeScript, 'tools/ops/src/keys/cli/main.ts', ...words, '--dir', keysDir, ...adminOptions];
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', onLine);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`keys ${words.join(' ')} exited ${code}`);
}
