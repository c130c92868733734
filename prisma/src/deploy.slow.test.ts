import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openTestDatabase, skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';

const file = join(__dirname, 'deploy.ts');
const deploy = (env: Record<string, string>) => {
  const args = ['--import', 'tsx', '--conditions=@auth/source', file, 'product'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return { status, stdout, stderr };
};

(skipsWithoutPgBouncer('migrations past a pooler') ? describe.skip : describe)('deploy, behind PgBouncer', () => {
  it('migrates with DATABASE_DIRECT_URL, and reports what is missing without it', async () => {
    const test = await openTestDatabase('product');
    const pooler = await startPgBouncer({ target: test.url });
    const pooled = pooler.url(new URL(test.url).pathname.slice(1));
    const env = { DATABASE_URL: pooled, DATABASE_POOLER: 'transaction' };
    expect(deploy({ ...env, DATABASE_DIRECT_URL: test.url })).toEqual({
      status: 0,
      stdout: 'product: up to date\n',
      stderr: '',
    });
    expect(deploy(env)).toMatchObject({ status: 78, stderr: expect.stringContaining('need DATABASE_DIRECT_URL') });
    // DATABASE_POOLER is not set: the refusal comes from the pooler.
    expect(deploy({ DATABASE_URL: pooled })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/a pooler .*DATABASE_DIRECT_URL for migrations.*unsupported startup parameter/),
    });
    await pooler.stop();
    await test.drop();
  }, 60_000);
});
