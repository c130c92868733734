import process from 'node:process';
import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { cacheCompiledModules, workerContext } from './compile-cache.ts';
import { isWorker } from './worker.ts';

cacheCompiledModules();

/** The function of the process itself, before Jest wraps it for a test file. */
const { exit } = process;

/*
 * Ends the worker as soon as it holds no open resource, on `beforeExit`, so a test that leaves one open is still reported.
 * Otherwise Node first frees some hundred megabytes of loaded code. On a busy machine this takes longer than the half
 * second after which Jest reports that the worker "failed to exit gracefully".
 */
if (isWorker) process.once('beforeExit', () => process.kill(process.pid, 'SIGKILL'));

/**
 * Jest's environment for all test files of a worker. Uses the global object of the worker itself, not a new one for each
 * file. The environment of the process, which a test file may change, is restored after the file.
 */
// biome-ignore lint/style/noDefaultExport: Jest uses the default export.
export default class WorkerEnvironment implements JestEnvironment<unknown> {
  readonly global = globalThis as unknown as JestEnvironment['global'];
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimers = null;
  readonly fakeTimersModern: ModernFakeTimers;
  readonly #conditions: string[];
  readonly #env = { ...process.env };

  constructor({ projectConfig }: JestEnvironmentConfig, _context: EnvironmentContext) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.#conditions = projectConfig.testEnvironmentOptions['customExportConditions'] as string[];
  }

  exportConditions(): string[] {
    return this.#conditions;
  }

  getVmContext(): typeof workerContext {
    return workerContext;
  }

  async setup(): Promise<void> {}

  async teardown(): Promise<void> {
    this.fakeTimersModern.dispose();
    process.exit = exit;
    for (const name of Object.keys(process.env)) if (!(name in this.#env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.#env);
  }
}
