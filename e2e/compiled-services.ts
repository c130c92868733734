import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import type { Compiler } from '@auth/dev/stack/compiler';

const compiler = new URL('../tools/dev/compile.mjs', `file://${__filename}`).href;

/**
 * Compiles the services as `pnpm dev` does, when a source has changed: a compiled service starts in a third of the time.
 * In a separate process, since esbuild does not run inside Jest.
 */
export async function compiledServices(): Promise<Compiler> {
  const program = `import { createCompile } from '${compiler}'; console.log(JSON.stringify(await createCompile()()));`;
  const { stdout } = await promisify(execFile)(execPath, ['--input-type=module', '-e', program]);
  const { files, errors }: Awaited<ReturnType<Compiler['compile']>> = JSON.parse(stdout);
  if (files === undefined) throw new Error(`The services do not compile:\n${errors?.join('\n')}`);
  return { files, compile: async () => ({ files }) };
}
