import { once } from 'node:events';
import { type AddressInfo, connect, type Server } from 'node:net';

/** The last request of a connection: its answer shows that all earlier bytes were read. */
const goodbye = 'GET /livez HTTP/1.1\r\nHost: goodbye\r\nConnection: close\r\n\r\n';
const goodbyeAnswer = /HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*\r\n\{"status":"ok"\}$/;

/** Sends exactly these bytes, and reads until the connection ends or is silent. */
export async function sendBytes(
  server: Server,
  bytes: string,
  // A connection of HTTP/1.0 ends with its first answer.
  { endsByItself = false } = {},
): Promise<{ text: string; statuses: readonly number[] }> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('error', () => undefined);
    // The gateway may wait for the rest of a body that does not come.
    socket.setTimeout(1000, () => socket.destroy());
  });
  socket.write(endsByItself ? bytes : bytes + goodbye, 'latin1');
  await ended;
  text = text.replace(goodbyeAnswer, '');
  return { text, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) };
}
