import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDeadline } from './deadline.ts';

/** A server in another thread, which answers while this thread is blocked. */
const echo = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer((socket) => socket.on('data', (data) => socket.write(data)).on('error', () => {}));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address()));
`;

let worker: Worker;
let socket: Socket;
beforeAll(async () => {
  worker = new Worker(echo, { eval: true });
  const [address]: AddressInfo[] = await once(worker, 'message');
  socket = connect(Number(address?.port), '127.0.0.1');
  await once(socket, 'connect');
});
afterAll(async () => {
  socket.destroy();
  await worker.terminate();
});

/** Blocks this thread without processor time, so that other processes continue. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('startDeadline', () => {
  it('ends after the time, and not before', async () => {
    const started = performance.now();
    await new Promise<void>((resolve) => startDeadline(40, resolve));
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  it.each([1, 40, 100])('of %i ms lets an arrived answer be read, also after the process was suspended', async (ms) => {
    const outcome = new Promise<string>((resolve) => {
      const cancel = startDeadline(ms, () => resolve('over'));
      socket.once('data', () => {
        cancel();
        resolve('answered');
      });
    });
    socket.write('a');
    standStill(ms * 3 + 100);
    expect(await outcome).toBe('answered');
  });

  it('counts a suspension as a quarter of its time', async () => {
    const over = new Promise<number>((resolve) => startDeadline(200, () => resolve(performance.now())));
    standStill(1000);
    const started = performance.now();
    expect((await over) - started).toBeGreaterThanOrEqual(149);
  });

  it.each([0, 30])('does nothing after it was cancelled, %i ms later', async (ms) => {
    let isOver = false;
    const cancel = startDeadline(100, () => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, ms));
    cancel();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(isOver).toBe(false);
  });
});
