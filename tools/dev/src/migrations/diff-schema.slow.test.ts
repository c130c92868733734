import { openTestDatabase } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseNames } from '../stack/services.ts';
import { sourceOf } from './create-migration.ts';
import { diffSchema } from './diff-schema.ts';

describe('diffSchema', () => {
  it.each(databaseNames)('finds the migrations of %s equal to its schema', async (service) => {
    const migrated = await openTestDatabase(service);
    expect(await diffSchema({ url: migrated.url, schemaPath: sourceOf(service).schemaPath })).toBeUndefined();
    await migrated.drop();
  });

  it('returns the SQL that takes the database to the schema', async () => {
    const database = await openTestDatabase('product');
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query('alter table products drop column stock');
    await client.end();
    expect(await diffSchema({ url: database.url, schemaPath: sourceOf('product').schemaPath })).toContain(
      'ADD COLUMN     "stock" INTEGER NOT NULL',
    );
    await database.drop();
  });
});
