import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type UpstreamName, upstreamNames } from '../src/proxy/target.ts';

/** A request as a service received it. */
export interface CapturedRequest {
  readonly service: UpstreamName;
  readonly method: string | undefined;
  readonly target: string | undefined;
  /** Names as received, and values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Answers a request whose body has been read. */
export type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** The services behind the gateway: real servers that record all requests. */
export interface CapturingServices {
  readonly origins: Readonly<Record<UpstreamName, string>>;
  readonly requests: CapturedRequest[];
  /** Returns all received bytes, whether they were a request or not. */
  bytes(): string;
  /** Sets the answer to all later requests. At first it is 200 with the host of the service. */
  answer(answer: Answer): void;
  /** Removes all records, and resets the answer. */
  forget(): void;
  close(): void;
}

/** Opens one server for each service. */
export async function openCapturingServices(): Promise<CapturingServices> {
  const requests: CapturedRequest[] = [];
  const chunks: Buffer[] = [];
  const byName: Answer = (req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain', 'X-Served-By': String(req.headers.host) }).end('served');
  };
  let current = byName;
  const servers = await Promise.all(
    upstreamNames.map(async (service) => {
      const server = createServer(async (req, res) => {
        const body = await textOf(req);
        const headers = pairs(req.rawHeaders);
        requests.push({ service, method: req.method, target: req.url, headers, body });
        current(req, res);
      });
      server.on('connection', (socket) => socket.on('data', (chunk) => chunks.push(chunk)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { service, server };
    }),
  );
  const urls = servers.map(({ service, server }) => [service, urlOf(server.address())]);
  return {
    origins: Object.fromEntries(urls),
    requests,
    bytes: () => Buffer.concat(chunks).toString('latin1'),
    answer(answer) {
      current = answer;
    },
    forget() {
      requests.length = 0;
      chunks.length = 0;
      current = byName;
    },
    close() {
      for (const { server } of servers) server.close().closeAllConnections();
    },
  };
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []));
}

function urlOf(address: AddressInfo | string | null): string {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}
