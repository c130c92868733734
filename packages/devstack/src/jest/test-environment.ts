import process from 'node:process';
import { TestEnvironment } from 'jest-environment-node';
import { cacheCompiledModules } from './compile-cache.ts';

/** Set once for each worker process; every test file has an environment of its own. */
const mark = Symbol.for('auth.exits-at-once');

/**
 * Jest's environment for Node. A worker exits as soon as nothing is left open: `beforeExit` comes only then, so a test that
 * leaves something open still shows. Otherwise Node first frees the heap of everything the worker has loaded, half a gigabyte,
 * and Jest, which waits for half a second, says on a busy machine that the worker "failed to exit gracefully".
 */
// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class WorkerEnvironment extends TestEnvironment {
  constructor(...args: ConstructorParameters<typeof TestEnvironment>) {
    super(...args);
    const worker: { [mark]?: true } & NodeJS.Process = process;
    if (worker[mark] === true) return;
    worker[mark] = true;
    cacheCompiledModules();
    // A worker only: the run itself has a summary to write.
    if (process.env['JEST_WORKER_ID'] !== undefined && process.send !== undefined) {
      process.once('beforeExit', () => process.exit());
    }
  }
}
