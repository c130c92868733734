import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '@auth/dev';
import type { DrillStack } from '../measure/stack.ts';

/** Runs `pnpm keys` on the documents of a stack, as an operator would. @throws Error when it does not exit 0 */
export async function runKeys(
  { keysDir, adminOptions }: DrillStack,
  words: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const args = ['--import', 'tsx', '--conditions=@auth/source', 'tools/ops/src/keys/cli/main.ts'];
  const child = spawn(process.execPath, [...args, ...words, '--dir', keysDir, ...adminOptions], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', tell);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`keys ${words.join(' ')} exited ${code}`);
}
