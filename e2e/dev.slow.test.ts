import { spawnSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { findPortHolder } from '@auth/dev/stack/port-holder';
import { isPortFree } from '@auth/dev/stack/ports';
import { readProcess } from '@auth/dev/stack/processes';
import { serviceNames, servicePort, services, serviceUrl } from '@auth/dev/stack/services';
import { alive, type DevProcess, newDataDir, startDev, until } from '@auth/testkit/dev-process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freePortBase } from './port-base.ts';

const banner = /ctrl-c stops everything/;
let portBase = 0;
let data: ReturnType<typeof newDataDir>;
let tree: number[] = [];

// The tests share one cluster, since creating one is slow.
beforeAll(() => {
  data = newDataDir();
});

beforeEach(async () => {
  portBase = await freePortBase();
});

afterEach(() => {
  // Ends the processes that a failed test has left running, and no others.
  for (const pid of alive(tree)) process.kill(pid, 'SIGKILL');
});

afterAll(() => data.remove());

const start = async (options: { env?: Record<string, string>; inShell?: boolean } = {}): Promise<DevProcess> => {
  const dev = startDev({ portBase, dataDir: data.dataDir, ...options });
  tree = [dev.pid];
  await dev.sees(banner);
  tree = dev.tree();
  return dev;
};

const expectNothingLeft = async (): Promise<void> => {
  await until(() => alive(tree).length === 0);
  const ports = [...serviceNames.map((name) => servicePort(name, portBase)), portBase + 32];
  expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true));
};

/** Runs the commands of the banner unchanged, in one sh. Returns the parsed output of each but the first, then the token. */
const runCommands = (output: string): unknown[] => {
  const commands = output.split('\n').filter((line) => /^ +(TOKEN=|JAR=|curl )/.test(line));
  const { stdout } = spawnSync('sh', ['-c', [...commands, `echo "\\"$TOKEN\\""`].join('\necho\n')], {
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

/** Resolves when the leader of a database has renewed its lease twice: errors of its work are in the log by then. */
const leaseRenewedTwice = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const seen = new Set<string>();
  try {
    await until(async () => {
      const { rows } = await client.query<{ until: string }>('SELECT until::text FROM leases');
      for (const row of rows) seen.add(row.until);
      return seen.size > 2;
    });
  } finally {
    await client.end();
  }
};

/** The processes of services. */
const serviceProcesses = (dev: DevProcess): number[] =>
  dev.tree().filter((pid) => readProcess(pid)?.command.includes('--enable-source-maps'));

describe('pnpm dev', () => {
  it('prints commands that work, stops on Ctrl-C, keeps data and keys for the next start, and outlives its services', async () => {
    const first = await start();
    const [products, placed, session, sameProducts, placedInSession, token] = runCommands(first.output());
    expect(products).toMatchObject({
      items: [{ name: 'Notebook A5' }, { name: 'Gel pen' }, { name: 'Stoneware mug' }],
    });
    expect(placed).toMatchObject({ status: 'placed', total: 3700, contact: { name: 'Ada Lovelace' } });
    expect(session).toMatchObject({ user: { roles: ['customer'] } });
    expect(sameProducts).toEqual(products);
    expect(placedInSession).toMatchObject({ status: 'placed', total: 3700, contact: { name: 'Ada Lovelace' } });
    const urls = first.output().match(/postgresql:\S+\/(?:user|gateway)$/gm) ?? [];
    expect(urls).toHaveLength(2);
    await Promise.all(urls.map(leaseRenewedTwice));
    // In the first seconds of a service a call is made twice: docs/tokens.md, "Single use, clocks and restarts".
    expect(first.output()).not.toMatch(/ (?:WARN|ERROR|FATAL): (?!.* reason=issued_before_start )/);
    process.kill(first.pid, 'SIGINT');
    expect(await first.exit).toBe(0);
    await expectNothingLeft();

    // Continues without a service that does not start: here the issuer of the token.
    const second = await start({ env: { ACCESS_TOKEN_SECONDS: '1' }, inShell: true });
    expect(second.output()).not.toContain('demo data:');
    expect(second.output()).toMatch(/^user +│ .*ACCESS_TOKEN_SECONDS/m);
    expect(second.output()).toMatch(/^user +│ exited with code 78; waiting for a change in its files$/m);
    expect(second.output()).toMatch(/^ +user down, the rest ready in/m);
    const headers = { authorization: `Bearer ${token}` };
    const orders = await fetch(`${serviceUrl('order', portBase)}/orders`, { headers });
    expect(await orders.json()).toMatchObject({ items: [placedInSession, placed] });

    // Continues without a service that crashes, until its files change.
    const product = servicePort('product', portBase);
    process.kill(findPortHolder(product)?.pid ?? 0, 'SIGKILL');
    await second.sees(/^product │ was ended by SIGKILL; waiting for a change in its files$/m);
    expect(await isPortFree(product)).toBe(true);
    expect((await fetch(`${serviceUrl('order', portBase)}/readyz`)).status).toBe(200);
    const now = new Date();
    utimesSync(join(services.product.folder, 'src/main.ts'), now, now);
    await second.sees(/^product │ a file changed, starting again$/m);
    await until(
      async () => (await fetch(`${serviceUrl('product', portBase)}/readyz`).catch(() => undefined))?.ok === true,
    );

    tree = second.tree();
    process.kill(second.pid, 'SIGKILL');
    await expectNothingLeft();
  }, 90_000);

  it('stops at once on a second Ctrl-C, also when its services hang', async () => {
    const dev = startDev({ portBase, dataDir: data.dataDir });
    tree = [dev.pid];
    await dev.sees(/^dev +│ postgres ready/m);
    await until(() => serviceProcesses(dev).length >= serviceNames.length);
    tree = dev.tree();
    for (const pid of serviceProcesses(dev)) process.kill(pid, 'SIGSTOP');
    await until(() => {
      const [running] = alive([dev.pid]);
      if (running !== undefined) process.kill(running, 'SIGINT');
      return running === undefined;
    });
    expect(await dev.exit).toBe(130);
    await expectNothingLeft();
  }, 30_000);

  it('stops on SIGTERM while it is still starting', async () => {
    const dev = startDev({ portBase, dataDir: data.dataDir });
    tree = [dev.pid];
    await dev.sees(/^dev +│ postgres ready/m);
    tree = dev.tree();
    process.kill(dev.pid, 'SIGTERM');
    expect(await dev.exit).toBe(0);
    expect(dev.output()).toMatch(/^dev +│ stopped\n$/m);
    expect(dev.output()).not.toMatch(banner);
    await expectNothingLeft();
  }, 30_000);
});
