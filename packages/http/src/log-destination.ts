import type { DestinationStream } from 'pino';
import { pino } from 'pino';
import { createLineBuffer } from './line-buffer.ts';

/** What pino tells a destination about the line that it is about to write. */
interface LineFacts {
  lastLevel?: number;
  lastObj?: object;
}

/**
 * Standard output, several lines at a time. At once are written warnings and all above, since they may be the last words of
 * this process, and the trail of audits, which has no holes. So a process that is killed (SIGKILL) may lose the lines of
 * its last requests, 10 ms of them; one that exits, however it does, loses none.
 */
export function openStandardOutput(): DestinationStream {
  // It waits for a slow reader, and stops writing for one that has gone.
  const output = pino.destination({ dest: 1, sync: true });
  const lines = createLineBuffer((text) => output.write(text));
  process.on('exit', lines.flush);
  const destination: DestinationStream & LineFacts = {
    write(line) {
      const { lastLevel = warn, lastObj = {} } = destination;
      lines.write(line, { urgent: lastLevel >= warn || 'audit' in lastObj });
    },
  };
  return Object.assign(destination, { [Symbol.for('pino.metadata')]: true });
}

const warn = pino.levels.values['warn'] ?? 0;
