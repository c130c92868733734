import { createServer } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { freePort } from './free-port.ts';

describe('freePort', () => {
  it('returns a port on which a server can listen', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    expect(server.address()).toMatchObject({ port });
    await new Promise((resolve) => server.close(resolve));
  });
});
