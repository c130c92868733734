import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on a free port of this machine. */
export interface TestServer {
  readonly port: number;
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a server; close it when the tests are over. */
export async function listen(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** A request exactly as it goes over the wire: no client tidies up its target or its headers. */
export interface WireRequest {
  readonly method?: string;
  /** The request target as sent. */
  readonly target: string;
  /** Names and values in order; a name may be repeated. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array | string | undefined;
  /** Sends the body in chunks, without its length. */
  readonly chunked?: boolean;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The problem code of the body, if it has one. */
  readonly code: string | undefined;
}

/** Sends a request unchanged and reads the whole answer. */
export function send(
  port: number,
  { method = 'GET', target, headers = [], body, chunked }: WireRequest,
): Promise<WireAnswer> {
  const sent = Buffer.from(body ?? '');
  const length: [string, string][] =
    chunked === true ? [['Transfer-Encoding', 'chunked']] : [['Content-Length', `${sent.length}`]];
  const all = [...withHost(headers), ...(body === undefined ? [] : length)].flat();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method, path: target, headers: all, agent: false },
      (incoming) => {
        const chunks: Uint8Array[] = [];
        incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, code: codeOf(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

function withHost(headers: readonly (readonly [string, string])[]) {
  return headers.some(([name]) => name.toLowerCase() === 'host') ? headers : [['Host', 'product'] as const, ...headers];
}

function codeOf(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
  } catch {
    return undefined;
  }
}
