import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { assertOurs, findClosedFolder, makeOpenFolder } from './account.ts';

const other = { uid: 4242, gid: 4242 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'account-'));
  await mkdir(join(folder, 'inner'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('findClosedFolder', () => {
  it('names the first folder that the account may not enter', async () => {
    await chmod(folder, 0o700);
    expect(await findClosedFolder(join(folder, 'inner', 'not-there-yet'), other)).toBe(folder);
  });

  it('finds none when every account may enter, or for the own account', async () => {
    await chmod(folder, 0o711);
    expect(await findClosedFolder(join(folder, 'inner'), other)).toBeUndefined();
    await chmod(folder, 0o700);
    expect(await findClosedFolder(join(folder, 'inner'), {})).toBeUndefined();
  });
});

describe('assertOurs', () => {
  it('refuses a folder that others may write to', async () => {
    await expect(assertOurs(folder)).resolves.toBeUndefined();
    await chmod(folder, 0o777);
    await expect(assertOurs(folder)).rejects.toMatchObject({ code: 'postgres_data_unusable' });
  });
});

describe('makeOpenFolder', () => {
  it('opens the folders that it creates, and leaves existing ones as they are', async () => {
    await makeOpenFolder(join(folder, 'new'));
    await chmod(folder, 0o700);
    await makeOpenFolder(folder);
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o755);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});
