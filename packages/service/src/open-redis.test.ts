import { createServer } from 'node:net';
import { createLog } from '@auth/http';
import { expect, it } from '@jest/globals';
import { openRedis } from './open-redis.ts';

it('connects with TLS to rediss: in upper and lower case', async () => {
  const firstByte = new Promise<number | undefined>((resolve) => {
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (bytes) => {
          resolve(bytes[0]);
          socket.destroy();
          server.close();
        });
    });
    server.listen(0, '127.0.0.1', async () => {
      const { port } = Object(server.address());
      const log = createLog({ service: 'test', level: 'silent', format: 'json' });
      const redis = await openRedis(`REDISS://user:secret@127.0.0.1:${port}`, { log });
      redis.disconnect();
    });
  });
  // A record of the TLS handshake (RFC 8446 §5.1), and no command with a password.
  expect(await firstByte).toBe(0x16);
});
