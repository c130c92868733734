// A process of its own: so many connections to a port, each of which sends a body byte by byte and starts again when it is
// cut off. Says `open` once all of them stand, and how often one was cut off. Ends with its standard input.
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { argv, stdin, stdout } from 'node:process';

// Such clients are machines of their own: they must not take the processor from the gateway that is measured.
setPriority(constants.priority.PRIORITY_LOW);

const [port, count, head] = argv.slice(-3);
/** How long after it was cut off a connection is opened again. */
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

// Not all at one time: the load is the bytes that trickle, not a burst of connections.
for (let index = 0; index < Number(count); index += 1) setTimeout(open, (index * againMs) / Number(count));
setInterval(() => {
  for (const socket of sockets) socket.write(' ');
}, 200);
stdin.resume().on('end', () => process.exit());
