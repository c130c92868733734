import { writeSync } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import { createLineBuffer, type LineBuffer, type LineBufferOptions } from './line-buffer.ts';

/** The facts that pino sets on a destination about the line it writes next. */
interface LineFacts {
  lastLevel?: number;
  lastObj?: object;
}

/** How long a process that exits waits for a slow reader of its last lines, in ms. */
const exitMs = 500;

/**
 * Opens standard output for a log and writes several lines at a time. Warnings, errors and audit lines are written at
 * once, since the process may end after them. A process that is killed (SIGKILL) may lose the request lines of its last
 * 10 ms. A process that exits waits for its reader for up to half a second. Otherwise the process never waits for a
 * reader: beyond a limit, unread lines are dropped, audit lines last.
 */
export function openStandardOutput(
  options: Pick<LineBufferOptions, 'onDropped' | 'onResumed'> = {},
): DestinationStream {
  unblockStandardOutput();
  const lines = createLineBuffer({ ...options, write: (bytes) => writeSync(1, bytes) });
  process.on('exit', () => flushFor(exitMs, lines));
  const destination: DestinationStream & LineFacts = {
    write(line) {
      const { lastLevel = warn, lastObj = {} } = destination;
      const audit = 'audit' in lastObj;
      lines.write(line, { urgent: audit || lastLevel >= warn, audit });
    },
  };
  return Object.assign(destination, { [Symbol.for('pino.metadata')]: true });
}

const warn = pino.levels.values['warn'] ?? 0;

/**
 * Makes standard output non-blocking: Node's own stream sets a pipe or socket to answer EAGAIN where a write would
 * block.
 */
function unblockStandardOutput(): void {
  // This code does not write to that stream, and an error of another writer must not end the process.
  process.stdout.on('error', () => undefined);
}

function flushFor(ms: number, lines: LineBuffer): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + ms;
  while (!lines.flush() && performance.now() < end) Atomics.wait(pause, 0, 0, 5);
}
