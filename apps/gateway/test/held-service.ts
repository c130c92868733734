import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service whose requests the test answers, as soon as their heads arrive. */
export interface HeldService {
  readonly origins: { readonly user: string; readonly product: string; readonly order: string };
  /** Resolves with the next request. Call it before the request is sent. */
  arrived(): Promise<[req: IncomingMessage, res: ServerResponse]>;
  close(): void;
}

/** Opens one server for all three services. */
export async function openHeldService(): Promise<HeldService> {
  const server = createServer((req) => {
    req.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origins: { user: origin, product: origin, order: origin },
    async arrived() {
      const [req, res] = await once(server, 'request');
      return [req, res];
    },
    close() {
      server.close().closeAllConnections();
    },
  };
}

/** Reads the rest of a body. */
export async function readToEndOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
