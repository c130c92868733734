import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { PrismaPg } from '@prisma/adapter-pg';

import { withChars } from './char-columns.ts';
import { withSchemaEngine } from './schema-engine.ts';

/**
 * Computes the SQL that takes the database at `url` to the schema in a file; `undefined` when the two agree. Changes nothing.
 * Covers what Prisma's schema can express: a CHECK constraint, for one, is neither created nor dropped.
 */
export async function diffSchema(options: {
  readonly url: string;
  readonly schemaPath: string;
}): Promise<string | undefined> {
  const path = options.schemaPath;
  const content = await readFile(path, 'utf8');
  const files = [{ path, content }];
  const adapter = await new PrismaPg({ connectionString: options.url, max: 1 }).connect();
  try {
    const diff = await withSchemaEngine({ schema: content, adapter: withChars(adapter) }, (engine) =>
      engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: dirname(path) },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    return diff.exitCode === 2 ? (diff.stdout ?? undefined) : undefined;
  } finally {
    await adapter.dispose();
  }
}
