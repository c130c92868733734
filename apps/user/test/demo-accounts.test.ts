import { openUserDb, type UserDb } from '@auth/db/user';
import { ada, admin } from '@auth/dev';
import { openTestDatabase, type TestDatabase } from '@auth/testkit';
import { databaseNowhere } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertNoDemoAccounts, demoAccountIds } from '../src/accounts/demo-account-store.ts';

let database: TestDatabase;
let db: UserDb;
beforeAll(async () => {
  database = await openTestDatabase('user');
  db = openUserDb({ url: database.url });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

describe('assertNoDemoAccounts', () => {
  it('recognises the accounts that pnpm dev creates', () => {
    expect(demoAccountIds).toEqual([ada.id, admin.id]);
  });

  it('accepts a database without demo accounts, and rejects one with a line for each account, also after a change of e-mail', async () => {
    const user = { name: 'A', passwordHash: 'x', roles: [] };
    await db.client.user.create({ data: { ...user, email: ada.email } });
    await expect(assertNoDemoAccounts(db, { production: true })).resolves.toBeUndefined();
    await db.client.user.createMany({
      data: demoAccountIds.map((id) => ({ ...user, id, email: `${id}@example.org` })),
    });
    await expect(assertNoDemoAccounts(db, { production: true })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(
        /^DATABASE_URL .*0ada, .*\nDATABASE_URL .*0adb, .*delete from users where id = '.*'$/,
      ),
    });
  });

  it('reports a database that does not answer, with exit code 1', async () => {
    const nowhere = openUserDb({ url: databaseNowhere });
    await expect(assertNoDemoAccounts(nowhere, { production: true })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('DATABASE_URL: the database does not answer'),
    });
    await nowhere.close();
  });
});
