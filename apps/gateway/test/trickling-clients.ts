// A program that opens a number of connections to a port. Each sends a body byte by byte, and is opened again when it was
// cut off. The program prints `open` once all are open, and `cut` for each that is cut off. It ends with its standard
// input.
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { argv, stdin, stdout } from 'node:process';

// In reality such clients are other machines: they must not take processor time from the gateway that is measured.
setPriority(constants.priority.PRIORITY_LOW);

const [port, count, head] = argv.slice(-3);
/** The delay before a connection is opened again. */
const againMs = 500;
const sockets = new Set<Socket>();
let opened = 0;

function open(): void {
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    sockets.add(socket);
    socket.write(`${head}Content-Length: 90000\r\n\r\n`);
    opened += 1;
    if (opened === Number(count)) stdout.write('open\n');
  });
  socket.resume().once('close', () => {
    sockets.delete(socket);
    stdout.write('cut\n');
    setTimeout(open, againMs);
  });
}

// Connections are spread over time: the load is the single bytes, not a burst of connections.
for (let index = 0; index < Number(count); index += 1) setTimeout(open, (index * againMs) / Number(count));
setInterval(() => {
  for (const socket of sockets) socket.write(' ');
}, 200);
stdin.resume().on('end', () => process.exit());
