import { stdout } from 'node:process';
import { exitCodeOf } from '@auth/command';

/** The context of a long measurement. */
export interface LongRun {
  /** Aborted by Ctrl-C, and when the output is closed. */
  readonly signal: AbortSignal;
  say(line: string): void;
  /** Prints a line of progress, with the seconds since the start. */
  progress(line: string): void;
}

/** Two signals within this time are one Ctrl-C: the terminal sends it to all processes, and pnpm forwards it. */
const sameKeyPressMs = 400;

/** Runs a measurement of some minutes, which a signal stops, and sets the exit code: 0 for `true`, 1 for `false`. */
export async function runToEnd(measure: (run: LongRun) => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  let stoppedAt = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Processes that still run are ended by their guards once this process is gone.
      if (performance.now() - stoppedAt > sameKeyPressMs) process.exit(130);
      if (!stop.signal.aborted) stoppedAt = performance.now();
      stop.abort();
    });
  }
  // EPIPE: the reader of the output has ended.
  stdout.on('error', () => stop.abort());
  const started = performance.now();
  const say = (line: string) => void stdout.write(`${line}\n`);
  const progress = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  try {
    process.exitCode = (await measure({ signal: stop.signal, say, progress })) ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) {
      say('stopped');
      process.exit(130);
    }
    const exitCode = exitCodeOf(error);
    const reason = error instanceof Error ? (exitCode === undefined ? error.stack : error.message) : String(error);
    process.stderr.write(`${reason}\n`);
    process.exit(exitCode ?? 1);
  }
}
