import { createServer } from 'node:net';
import { serviceNames, servicePort } from '@auth/dev';
import { adminPort } from '@auth/dev/stack/services';

/** Finds a PORT_BASE with free ports. Random, so that concurrent test files do not use the same one. */
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
