import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Listening, listen } from './listen.ts';
import { createReadiness } from './readiness.ts';

/** Serves an app on a free port: for tests that need a socket of their own. */
export async function serveForTest(app: RequestListener): Promise<Listening> {
  return listen(app, { port: 0, host: '127.0.0.1', readiness: createReadiness({}), drainDelayMs: 0, deadlineMs: 1000 });
}

/** Opens a socket to the server and waits until it is connected. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** The raw answer to exactly these bytes. */
export interface RawAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Sends a request as written, with `Connection: close`, and reads the answer to its end. */
export async function rawRequest(
  port: number,
  head: readonly string[],
  body: string | Buffer = '',
): Promise<RawAnswer> {
  const socket = await openSocket(port);
  socket.write(`${[...head, 'Host: test', 'Connection: close'].join('\r\n')}\r\n\r\n`);
  socket.write(body);
  return readAnswer(socket);
}

/** Reads one answer, up to the end of the connection. */
export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Map(lines.map((line) => [line.split(':', 1).join('').toLowerCase(), line.replace(/^[^:]*:\s*/, '')])),
    body: rest.join('\r\n\r\n'),
  };
}
