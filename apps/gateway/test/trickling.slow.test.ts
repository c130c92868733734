import { fileURLToPath } from 'node:url';
import { openPlainProgram, type PlainProgram } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CapturingServices, openCapturingServices } from './capturing-services.ts';
import { openProxyHarness, type ProxyHarness } from './proxy-harness.ts';
import { sendRaw } from './raw-client.ts';

let services: CapturingServices;
let gateway: ProxyHarness;
let tricklers: PlainProgram;
const running = new Set<ReturnType<PlainProgram>>();
beforeAll(async () => {
  services = await openCapturingServices();
  services.answer((_req, res) => setTimeout(() => res.end('{}'), 5));
  // The default number of slots.
  gateway = await openProxyHarness({ origins: services.origins, connections: 128, maxBodyBytes: 100_000 });
  tricklers = await openPlainProgram(fileURLToPath(new URL('./trickling-clients.ts', import.meta.url)));
}, 60_000);
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await gateway.close();
  services.close();
});

const post = 'POST /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n';

/** Measures the 99th percentile of requests, a few at a time, in ms. Every answer must be 200. */
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

/** Opens connections in another process. They send a body byte by byte, and start again when they are cut off. */
async function trickle(count: number): Promise<{ readonly cut: () => number; stop(): Promise<void> }> {
  const child = tricklers({ args: [String(gateway.port), String(count), post], env: process.env });
  running.add(child);
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      running.delete(child);
      resolve();
    }),
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('close', () => reject(new Error('the tricklers ended')));
    child.stderr.on('data', (text) => reject(new Error(String(text))));
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('open\n')) resolve();
    });
  });
  return {
    cut: () => said.split('cut\n').length - 1,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

describe('300 connections that send their bodies byte by byte', () => {
  it('leave other requests answered, and about as fast as without them', async () => {
    await p99Of(400);
    const [without, during]: [number[], number[]] = [[], []];
    let cut = 0;
    // Alternating rounds, and the best one of each: other work of the machine only adds time.
    for (let round = 0; round < 5; round += 1) {
      without.push(await p99Of(400));
      const trickling = await trickle(300);
      await p99Of(200);
      during.push(await p99Of(400));
      cut += trickling.cut();
      await trickling.stop();
    }
    expect(cut).toBeGreaterThan(0);
    expect(services.requests.every(({ body }) => body === '{}')).toBe(true);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
    const [alone, beside] = [Math.min(...without), Math.min(...during)];
    // A place that an incomplete body holds would cost seconds; the rest is what else the machine does.
    expect(beside).toBeLessThan(alone + 250);
  }, 240_000);
});
