// pnpm dev: compiles what has changed, and runs the launcher. Plain JavaScript: it runs before anything is compiled.
import { pathToFileURL } from 'node:url';
import { createCompile } from './compile.mjs';

const compile = createCompile();
const { files, errors } = await compile();
if (errors !== undefined) {
  process.stderr.write(`This does not compile:\n${errors.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}
// The launcher is compiled as well: it finds the compiler here.
globalThis[Symbol.for('@auth/dev/compiler')] = { files, compile };
await import(pathToFileURL(files.dev).href);
