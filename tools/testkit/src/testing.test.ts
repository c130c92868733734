import { describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { openTestDatabase } from './testing.ts';

describe('openTestDatabase', () => {
  it.each([
    ['user', 'users'],
    ['product', 'products'],
    ['order', 'orders'],
  ] as const)('opens a migrated, empty database of its own for %s', async (service, table) => {
    const [one, two] = await Promise.all([openTestDatabase(service), openTestDatabase(service)]);
    expect(one.url).not.toBe(two.url);
    const client = new pg.Client(one.url);
    await client.connect();
    const { rows } = await client.query(`select count(*)::int as count from ${table}`);
    await client.end();
    expect(rows).toEqual([{ count: 0 }]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(new pg.Client(one.url).connect()).rejects.toMatchObject({ code: '3D000' });
  });
});
