import { createRequire } from 'node:module';
import type jestRuntime from 'jest-runtime';
import { isWorker } from './worker.ts';

// `require`, since Node and tsx give the import of a CommonJS module different shapes.
const { default: JestRuntime } = createRequire(import.meta.url)('jest-runtime') as typeof jestRuntime;

/** Whether a module belongs to one test file: the file itself, or a test helper, which holds that file's `it` and `expect`. */
const isOfOneFile = (path: string) =>
  /\.test\.ts$|\/test\/|\/e2e\/|\/tools\/testkit\/src\//.test(path) && !path.includes('/node_modules/');

/** The modules that all test files of this worker use. */
const shared = new Map<string, unknown>();

/** The modules of one test file: its own, and the shared ones. */
class Modules extends Map<string, unknown> {
  // Outside a worker sources change between two runs, and so do mutants.
  readonly #others: Map<string, unknown> = isWorker ? shared : new Map();

  override get(path: string): unknown {
    return isOfOneFile(path) ? super.get(path) : this.#others.get(path);
  }
  override has(path: string): boolean {
    return isOfOneFile(path) ? super.has(path) : this.#others.has(path);
  }
  override set(path: string, module: unknown): this {
    if (isOfOneFile(path)) super.set(path, module);
    else this.#others.set(path, module);
    return this;
  }
  override delete(path: string): boolean {
    return isOfOneFile(path) ? super.delete(path) : this.#others.delete(path);
  }
}

/** The part of Jest that holds the tests of one test file. */
const isCircus = (path: string) => path.endsWith('/jest-circus/build/jestAdapterInit.js');

interface Circus {
  initialize(options: object): Promise<unknown>;
}

let openCircus: (() => Circus) | undefined;

/** Loads Jest's circus, and returns a function that empties it for the next test file. */
function loadCircus(path: string): () => Circus {
  const requireNext = createRequire(path);
  const circus: Circus = requireNext(path);
  const state = Object.getOwnPropertySymbols(globalThis).find((key) => key.description === 'JEST_STATE_SYMBOL');
  const handlers: unknown = Reflect.get(globalThis, Symbol.for('EVENT_HANDLERS'));
  if (state === undefined || !Array.isArray(handlers))
    throw new Error('this version of Jest keeps its state elsewhere');
  const ownHandlers = [...handlers];
  // Circus can create an empty state, and its adapter has a state of its own.
  const { resetState, getState }: { resetState(): void; getState(): object } = requireNext('./index.js');
  // The main process reports whole files, so it needs no message for each test.
  const initialize: Circus['initialize'] = (options) => circus.initialize({ ...options, sendMessageToJest: undefined });
  return () => {
    resetState();
    Reflect.set(globalThis, state, getState());
    handlers.splice(0, handlers.length, ...ownHandlers);
    return { ...circus, initialize };
  };
}

/** The runtime of the test file that runs now. */
let current: WorkerRuntime | undefined;

/**
 * Jest's runtime, with one difference: a worker loads the modules of services and packages once, as a service does, and
 * not for every test file. Test files and their helpers are loaded for each file. Jest itself is the copy that the
 * worker has already loaded.
 */
// biome-ignore lint/style/noDefaultExport: Jest uses the default export.
export default class WorkerRuntime extends JestRuntime {
  constructor(...args: ConstructorParameters<typeof JestRuntime>) {
    super(...args);
    const registries: { moduleRegistry?: unknown } | undefined = Reflect.get(this, 'registries');
    if (!(registries?.moduleRegistry instanceof Map))
      throw new Error('this version of Jest keeps its modules elsewhere');
    registries.moduleRegistry = new Modules();
    current = this;
  }

  /** Requires a module for a shared module, which may happen after the end of the test file that loaded it. */
  override requireModuleOrMock<T = unknown>(from: string, moduleName: string): T {
    if (current !== undefined && current !== this) return current.requireModuleOrMock<T>(from, moduleName);
    return super.requireModuleOrMock<T>(from, moduleName);
  }

  override requireInternalModule<T = unknown>(from: string, to = from): T {
    if (!isCircus(to)) return createRequire(from)(to) as T;
    openCircus ??= loadCircus(to);
    return openCircus() as T;
  }
}
