import { Writable } from 'node:stream';
import { createLog, type Log, type LogOptions } from './log.ts';

/** A real log whose output stays readable: for tests. */
export function memoryLog(options: Partial<LogOptions> = {}): {
  log: Log;
  text(): string;
  lines(): Record<string, unknown>[];
} {
  const written: string[] = [];
  const destination = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const text = () => written.join('');
  return {
    log: createLog({ service: 'test', level: 'debug', format: 'json', destination, ...options }),
    text,
    lines: () =>
      text()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
}
