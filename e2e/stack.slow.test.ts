import { freePort } from '@auth/dev/postgres/free-port';
import { isPortFree } from '@auth/dev/stack/ports';
import { serviceNames, servicePort } from '@auth/dev/stack/services';
import { readSettings } from '@auth/dev/stack/settings';
import { startStack } from '@auth/dev/stack/stack';
import type { Say } from '@auth/dev/terminal/console';
import { newDataDir } from '@auth/testkit/dev-process';
import { describe, expect, it } from '@jest/globals';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

describe('startStack without watch', () => {
  it('rejects with the last output of a service that ends, and leaves no process running', async () => {
    const { dataDir, remove } = newDataDir();
    const portBase = await freePortBase();
    const databases = await openStackDatabases();
    const settings = readSettings({ ...process.env, ...databases.env, PORT_BASE: String(portBase), DATA_DIR: dataDir });
    const serviceEnv = { ACCESS_TOKEN_SECONDS: '1' };
    const starting = startStack({ settings, watch: false, say: () => undefined, serviceEnv, seed: false });
    await expect(starting).rejects.toThrow(/^the user service ended before it was ready: .*ACCESS_TOKEN_SECONDS/);
    const ports = serviceNames.map((name) => servicePort(name, portBase));
    expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true));
    await databases.drop();
    remove();
  }, 60_000);

  it('names the setting of a database that does not answer, and not the password', async () => {
    const { dataDir, remove } = newDataDir();
    const port = await freePort();
    const env = { DATABASE_URL_USER: `postgresql://ada:s3cret@127.0.0.1:${port}/user` };
    const settings = readSettings({ ...env, PORT_BASE: String(await freePortBase()), DATA_DIR: dataDir });
    const lines: string[] = [];
    const say: Say = (_name, line) => lines.push(line);
    const error: unknown = await startStack({ settings, watch: true, say, seed: true }).catch((reason) => reason);
    expect(error).toHaveProperty('exitCode', 1);
    const problem = `DATABASE_URL_USER: no Postgres answers at 127.0.0.1:${port} (ECONNREFUSED).`;
    expect(error).toHaveProperty('message', expect.stringContaining(problem));
    expect(error).toHaveProperty('message', expect.not.stringContaining('s3cret'));
    expect(lines).toEqual([]);
    remove();
  });
});
