import { createServer } from 'node:net';
import { serviceNames, servicePort } from '@auth/dev';
import { adminPort } from '@auth/dev/stack/services';

/** A PORT_BASE all of whose ports are free right now. Random, so that test files that run side by side do not meet. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 300) * 40;
    const ports = serviceNames.flatMap((name) => [servicePort(name, base), adminPort(name, base)]);
    if ((await Promise.all([...ports, base + 32].map(isFree))).every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
