import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { servicePort } from '@auth/dev/stack/services';
import { newDataDir, startDev } from '@auth/testkit/dev-process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

let portBase = 0;
let data: ReturnType<typeof newDataDir>;

beforeEach(async () => {
  portBase = await freePortBase();
  data = newDataDir();
});
afterEach(() => data.remove());

/** Starts a stack that cannot start. Returns its last line and its exit code. */
const fail = async (env: Record<string, string> = {}) => {
  const dev = startDev({ portBase, dataDir: data.dataDir, env });
  const code = await dev.exit;
  const lines = dev.output().trimEnd().split('\n');
  return { code, lines, last: lines.at(-1)?.replace(/^dev +│ /, '') };
};

describe('pnpm dev with a mistake', () => {
  it('names a port in use, its holder and the fix, before it starts any service', async () => {
    const port = servicePort('product', portBase);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { code, lines, last } = await fail();
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(1);
    expect(last).toContain(`port ${port} (product) is held by pid ${process.pid} (`);
    expect(last).toMatch(/PORT_BASE=\d+ npx -y pnpm dev$/);
    expect(lines).toHaveLength(2);
  });

  it('names the broken key document and the member that is missing', async () => {
    mkdirSync(`${data.dataDir}/keys`);
    const broken = {
      service: 'product',
      issuer: { iss: 'http://127.0.0.1:4001', jwks: { keys: [] } },
      calls: {},
      acepts: {},
    };
    writeFileSync(`${data.dataDir}/keys/product.json`, JSON.stringify(broken), { mode: 0o600 });
    const databases = await openStackDatabases();
    const { code, last, lines } = await fail(databases.env);
    await databases.drop();
    expect(code).toBe(78);
    expect(last).toMatch(/keys\/product\.json: accepts /);
    expect(lines.join('\n')).not.toMatch(/^\s+at /m);
  }, 30_000);
});
