import { runCommand } from '@auth/command';
import { openTestDatabase } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';
import { dropDatabase } from '../postgres/databases.ts';
import { migrateCommand } from './migrate-services.ts';

async function run(args: string[], env: Record<string, string>) {
  const [out, err]: [string[], string[]] = [[], []];
  const print = (text: string) => void out.push(text);
  const code = await runCommand(migrateCommand, { args, env, print, complain: (text) => void err.push(text) });
  return { code, out, err: err.join('\n') };
}

const nothingToDo = { code: 0, out: ['user: nothing to do'], err: '' };

describe('pnpm db:migrate', () => {
  it('creates and migrates the databases that the environment names, and reports it once', async () => {
    const { url, drop } = await openTestDatabase('user');
    const fresh = `${url}_fresh`;
    const env = { DATABASE_URL_USER: fresh };
    const line = expect.stringMatching(/^user: created the database, applied \d{14}_init(?:, applied \d{14}_\w+)*$/);
    expect(await run([], env)).toEqual({ code: 0, out: [line], err: '' });
    expect(await run(['user'], env)).toEqual(nothingToDo);
    await Promise.all([dropDatabase(fresh), drop()]);
  });

  it('does not fall back to another database for a named service', async () => {
    const env = { DATABASE_URL_USER: 'postgresql://ada:horse@127.0.0.1:1/user' };
    const err = expect.stringContaining('set DATABASE_URL_ORDER');
    expect(await run(['order'], env)).toEqual({ code: 64, out: [], err });
  });

  it('migrates with the direct URL, and refuses to migrate through a pooler', async () => {
    const { url, drop } = await openTestDatabase('user');
    const pooled = { DATABASE_URL_USER: 'postgresql://a:horse@127.0.0.1:1/user', DATABASE_POOLER: 'transaction' };
    expect(await run([], { ...pooled, DATABASE_DIRECT_URL_USER: url })).toEqual(nothingToDo);
    const err = expect.stringContaining('set DATABASE_DIRECT_URL_USER');
    expect(await run([], pooled)).toEqual({ code: 78, out: [], err });
    await drop();
  });

  it('answers an unknown service with the usage', async () => {
    const err = expect.stringContaining('usage: pnpm db:migrate');
    expect(await run(['shop'], {})).toEqual({ code: 64, out: [], err });
  });
});
