// Stands in for the native engine of Prisma's command line, which would be downloaded: the same engine as WebAssembly, with the
// same protocol (JSON-RPC, one message per line). Started as `<program> --datamodels <file> --datasource <json>`.
import { readFile } from 'node:fs/promises';
import { argv, exit, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

import { withChars } from './char-columns.ts';
import { withSchemaEngine } from './schema-engine.ts';

interface Call {
  readonly id: number;
  readonly method: keyof SchemaEngine;
  readonly params?: unknown;
}

const argument = (name: string): string => argv[argv.indexOf(name) + 1] ?? '';

if (argv.includes('can-connect-to-database')) exit(0);
const { url } = JSON.parse(argument('--datasource')) as { url: string };
const schema = await readFile(argument('--datamodels'), 'utf8');
const base = await new PrismaPg({ connectionString: url, max: 1 }).connect();
// PrismaPg's own method splits at every semicolon, also within strings and function bodies.
const executeScript = (sql: string) => base.executeRaw({ sql, args: [], argTypes: [] }).then(() => undefined);
const adapter = Object.assign<SqlDriverAdapter, Partial<SqlDriverAdapter>>(withChars(base), { executeScript });

for await (const line of createInterface(stdin)) {
  const { id, method, params } = JSON.parse(line) as Call;
  const answer = await withSchemaEngine({ schema, adapter }, async (engine) => {
    const result: unknown = await Reflect.apply(engine[method], engine, [params]);
    return { result: result ?? null };
  }).catch((error: unknown) => ({ error: { code: 4466, message: String(error), data: { message: String(error) } } }));
  stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
}
await base.dispose();
