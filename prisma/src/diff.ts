import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { PrismaPg } from '@prisma/adapter-pg';

import { withChars } from './char-columns.ts';
import { withSchemaEngine } from './engine.ts';
import type { Service } from './services.ts';
import { servicePaths } from './services.ts';

/**
 * The SQL that takes the database at `url` to what the service's schema says, or `undefined` when it is there already.
 * Changes nothing. Sees what Prisma's schema can express: a CHECK constraint, for one, is neither made nor dropped.
 */
export async function diffSchema(options: {
  url: string;
  service: Service;
  schemaPath?: string;
}): Promise<string | undefined> {
  const path = options.schemaPath ?? servicePaths(options.service).schemaPath;
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
