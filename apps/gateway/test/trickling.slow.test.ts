import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CapturingServices } from './capturing-services.ts';
import { openCapturingServices } from './capturing-services.ts';
import type { ProxyHarness } from './proxy-harness.ts';
import { openProxyHarness } from './proxy-harness.ts';
import { openSocket, sendRaw } from './raw-client.ts';

let services: CapturingServices;
let gateway: ProxyHarness;
beforeAll(async () => {
  services = await openCapturingServices();
  services.answer((_req, res) => setTimeout(() => res.end('{}'), 5));
  // As many places as the gateway has by default.
  gateway = await openProxyHarness({ origins: services.origins, connections: 128, maxBodyBytes: 100_000 });
});
afterAll(async () => {
  await gateway.close();
  services.close();
});

const post = 'POST /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n';

/** The 99th percentile of so many requests, a few at a time, in ms. Every answer must be 200. */
async function p99Of(requests: number): Promise<number> {
  const times: number[] = [];
  const client = async () => {
    while (times.length < requests) {
      const startedAt = performance.now();
      const [answer] = await sendRaw(gateway.port, `${post}Content-Length: 2\r\n\r\n{}`);
      times.push(performance.now() - startedAt);
      expect(answer?.status).toBe(200);
    }
  };
  await Promise.all([client(), client(), client(), client()]);
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

/** Connections that send a body byte by byte, and start again when they are cut off. */
function trickle(count: number): { readonly cut: () => number; stop(): void } {
  const sockets = new Set<Socket>();
  let cut = 0;
  let isOver = false;
  const open = async () => {
    const socket = isOver ? undefined : await openSocket(gateway.port).catch(() => undefined);
    if (socket === undefined) return;
    sockets.add(socket.on('error', () => undefined));
    socket.resume().once('close', () => {
      sockets.delete(socket);
      cut += 1;
      setTimeout(() => void open(), 500).unref();
    });
    socket.write(`${post}Content-Length: 90000\r\n\r\n`);
  };
  for (let index = 0; index < count; index += 1) void open();
  const timer = setInterval(() => {
    for (const socket of sockets) socket.write(' ');
  }, 200);
  return {
    cut: () => cut,
    stop() {
      isOver = true;
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('300 connections that send their bodies byte by byte', () => {
  it('leave other requests answered, and nearly as fast as without them', async () => {
    await p99Of(1000);
    const without = await p99Of(3000);
    const tricklers = trickle(300);
    await p99Of(1000);
    const during = await p99Of(3000);
    tricklers.stop();
    expect(tricklers.cut()).toBeGreaterThan(0);
    expect(services.requests.every(({ body }) => body === '{}')).toBe(true);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
    expect(during).toBeLessThan(Math.max(2 * without, without + 20));
  }, 120_000);
});
