import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { send } from './user-app.ts';

/** A request that a service received. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A service behind the gateway: a real server that answers with the request that it received. */
export interface Service {
  readonly url: string;
  readonly received: readonly Received[];
  /** Sets the answer to all later requests; `undefined`: the request itself. */
  answer(answer: ((res: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

/** Opens a service behind the gateway that records what it receives. */
export async function openService(): Promise<Service> {
  const received: Received[] = [];
  let other: ((res: ServerResponse) => void) | undefined;
  const server = createServer(async (req, res) => {
    const { method = '', url: target = '', headers } = req;
    const got = { method, target, headers, body: await text(req) };
    received.push(got);
    if (other !== undefined) other(res);
    else send(res, 200, got);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(answer) {
      other = answer;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
