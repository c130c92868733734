import { openTestDatabase } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';
import { dropDatabase } from '../postgres/databases.ts';
import { migrateServices } from './migrate-services.ts';

const run = async (args: string[], env: Record<string, string>): Promise<string[]> => {
  const lines: string[] = [];
  await migrateServices(args, { env, print: (line) => lines.push(line) });
  return lines;
};

describe('migrateServices', () => {
  it('creates and migrates the databases that the environment names, and reports it once', async () => {
    const { url, drop } = await openTestDatabase('user');
    const fresh = `${url}_fresh`;
    const env = { DATABASE_URL_USER: fresh };
    expect(await run([], env)).toEqual([
      expect.stringMatching(/^user: created the database, applied \d{14}_init(?:, applied \d{14}_\w+)*$/),
    ]);
    expect(await run(['user'], env)).toEqual(['user: nothing to do']);
    await Promise.all([dropDatabase(fresh), drop()]);
  });

  it('does not fall back to another database for a named service', async () => {
    const env = { DATABASE_URL_USER: 'postgresql://ada:horse@127.0.0.1:1/user' };
    await expect(run(['order'], env)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining('DATABASE_URL_ORDER'),
    });
  });

  it('migrates with the direct URL, and refuses to migrate through a pooler', async () => {
    const { url, drop } = await openTestDatabase('user');
    const pooled = { DATABASE_URL_USER: 'postgresql://a:horse@127.0.0.1:1/user', DATABASE_POOLER: 'transaction' };
    expect(await run([], { ...pooled, DATABASE_DIRECT_URL_USER: url })).toEqual(['user: nothing to do']);
    await expect(run([], pooled)).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('set DATABASE_DIRECT_URL_USER'),
    });
    await drop();
  });

  it('answers an unknown service with the usage', async () => {
    await expect(run(['shop'], {})).rejects.toMatchObject({ exitCode: 64 });
  });
});
