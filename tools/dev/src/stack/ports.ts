import { connect, createServer } from 'node:net';
import { LaunchError } from './launch-error.ts';
import { findPortHolder } from './port-holder.ts';

/** A port that a stack needs, and its use. */
export interface WantedPort {
  port: number;
  use: string;
}

/** Refuses to start when a port is in use: answers of another program would look like those of a service.
 * @throws LaunchError that names each port in use, its holder and the fix */
export async function assertPortsFree(wanted: readonly WantedPort[], portBase: number): Promise<void> {
  const free = await Promise.all(wanted.map(({ port }) => isPortFree(port)));
  const taken = wanted.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const other = await suggestPortBase(wanted, portBase);
  throw new LaunchError(
    `${taken.map(describe).join('; ')}. Stop it, or choose other ports: PORT_BASE=${other} npx -y pnpm dev`,
  );
}

/** Whether no program answers on the port and this process can listen on it. */
export async function isPortFree(port: number): Promise<boolean> {
  // On macOS a listener on 0.0.0.0 does not prevent one on 127.0.0.1, so both are checked.
  return !(await answers(port)) && (await canListen(port));
}

function describe({ port, use }: WantedPort): string {
  const holder = findPortHolder(port);
  return `port ${port} (${use}) is held by ${holder ? `pid ${holder.pid} (${holder.command})` : 'another process'}`;
}

async function suggestPortBase(wanted: readonly WantedPort[], portBase: number): Promise<number> {
  for (let base = 5000; base < 65_000; base += 1000) {
    const free = await Promise.all(wanted.map(({ port }) => isPortFree(port - portBase + base)));
    if (base !== portBase && free.every(Boolean)) return base;
  }
  return 5000;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
