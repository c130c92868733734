import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server for all three services that sends the bytes of a test. */
export interface ScriptedService {
  readonly origins: { readonly user: string; readonly product: string; readonly order: string };
  /** The first line of every request so far, on all connections. */
  readonly requests: readonly string[];
  /** Returns the number of connections so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Opens the server. `onRequest` is called for each head of a request, with its number on its connection, from 1. */
export async function openScriptedService(
  onRequest: (socket: Socket, request: { head: string; onConnection: number; connection: number }) => void,
): Promise<ScriptedService> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    let onConnection = 0;
    let text = '';
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        // The text is a body, not a head.
        if (!/ HTTP\/1\.1\r\n/.test(head)) continue;
        onConnection += 1;
        requests.push(head.slice(0, head.indexOf('\r\n')));
        onRequest(socket, { head, onConnection, connection });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origins: { user: origin, product: origin, order: origin },
    requests,
    connections: () => connections,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}
