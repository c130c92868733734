import process from 'node:process';
import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { cacheCompiledModules, workerContext } from './compile-cache.ts';
import { isWorker } from './worker.ts';

cacheCompiledModules();

/** `process.exit` before Jest wraps it for a test file. */
const { exit } = process;

/*
 * A worker ends as soon as nothing is left open: `beforeExit` comes only then, so a test that leaves something open still
 * shows. Otherwise Node first frees what the worker has loaded, some hundred megabytes, and Jest, which waits for half a
 * second, reports on a busy machine that the worker "failed to exit gracefully".
 */
if (isWorker) process.once('beforeExit', () => process.kill(process.pid, 'SIGKILL'));

/**
 * Jest's environment for all test files of a worker: the global object of the worker itself, not a new one for each file. What
 * a test file may change of it, the environment of the process, is put back after the file.
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
