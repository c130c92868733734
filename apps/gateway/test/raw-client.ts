import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as received. Header names are in lower case; the values of a repeated name are joined. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Opens a connection. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes on a new connection, and reads answers until the other side closes it. */
export async function sendRaw(port: number, bytes: string): Promise<RawAnswer[]> {
  const socket = await openSocket(port);
  socket.write(bytes, 'latin1');
  return parseAnswers(await readToEnd(socket));
}

/** Reads until the connection ends, also by an error. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

/** Reads until the received text matches. */
export async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let text = '';
  while (!pattern.test(text)) {
    const [chunk]: Buffer[] = await once(socket, 'data');
    text += String(chunk?.toString('latin1'));
  }
  return text;
}

/** Parses the answers of one connection. @throws Error for an incomplete answer */
export function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`half an answer: ${rest}`);
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map<string, string>();
    for (const line of lines) {
      const name = line.slice(0, line.indexOf(':')).toLowerCase();
      const value = line.slice(line.indexOf(':') + 1).trim();
      headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
    const status = Number(statusLine.split(' ')[1]);
    const [body, length] = bodyOf(rest.slice(end + 4), headers);
    // A 1xx is an interim answer.
    if (status >= 200) answers.push({ status, headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** Returns the body, and its length in the text. */
function bodyOf(text: string, headers: ReadonlyMap<string, string>): [body: string, length: number] {
  if (headers.get('transfer-encoding') === 'chunked') return chunkedBody(text);
  const length = headers.get('content-length');
  if (length === undefined) return headers.get('connection') === 'close' ? [text, text.length] : ['', 0];
  if (text.length < Number(length)) throw new Error('a part of the body is missing');
  return [text.slice(0, Number(length)), Number(length)];
}

function chunkedBody(text: string): [body: string, length: number] {
  let body = '';
  let at = 0;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) throw new Error('a chunk is missing');
    const size = Number.parseInt(text.slice(at, line), 16);
    if (text.length < line + 2 + size + 2) throw new Error('a part of a chunk is missing');
    if (size === 0) return [body, line + 4];
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}
