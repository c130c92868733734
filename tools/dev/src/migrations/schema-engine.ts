import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

type Glue = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The part of the platform's WebAssembly that is used here. Node's types leave it to the DOM's. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start?: () => void } } }>;
};

let glue: Promise<Glue> | undefined;

/**
 * Runs `work` with the engine behind `prisma migrate`, as WebAssembly: nothing is downloaded, no process is started.
 * The engine reaches the database through `adapter` only.
 */
export async function withSchemaEngine<T>(
  options: { schema: string; adapter: SqlDriverAdapter },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { schema, adapter } = options;
  glue ??= load();
  const { SchemaEngine } = await glue;
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: async () => adapter,
    connectToShadowDb: () => Promise.reject(new Error('no shadow database here')),
  });
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}

/** The package's own entry imports a .wasm file, which Node does not do by itself. */
async function load(): Promise<Glue> {
  const loaded = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const imports = Object.fromEntries(Object.entries(loaded).map(([name, value]) => [name, withoutLinger(name, value)]));
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: panic } });
  const bytes = await readFile(file.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': imports });
  loaded.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
  return loaded;
}

/** The engine arms a timer of 10 s for its lock and never clears it: every process that migrates would stay that long. */
const withoutLinger = (name: string, value: unknown): unknown =>
  name.startsWith('__wbg_setTimeout')
    ? (callback: () => void, delayMs: number) => setTimeout(callback, delayMs >>> 0).unref()
    : value;

/** The engine calls this before it dies of a bug. Without it one would read "unreachable". */
const panic = (message: string): never => {
  throw new Error(`Prisma's schema engine panicked: ${message}`);
};
