import { stdout } from 'node:process';
import { exitCodeOf } from '@auth/command';

/** What a measurement is given. */
export interface LongRun {
  /** Aborted by Ctrl-C, and when the reader of the output is gone. */
  readonly signal: AbortSignal;
  say(line: string): void;
  /** As `say`, with the seconds since the start. */
  tell(line: string): void;
}

/** pnpm may pass on a Ctrl-C that the terminal has sent to all of us already: so close together it is one. */
const sameKeyPressMs = 400;

/** Runs a measurement of some minutes to its end, or until it is stopped, and sets the exit code: 0 for `true`, 1 for `false`. */
export async function runToEnd(measure: (run: LongRun) => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  let stoppedAt = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // What still runs is ended by its guards, which notice that we are gone.
      if (performance.now() - stoppedAt > sameKeyPressMs) process.exit(130);
      if (!stop.signal.aborted) stoppedAt = performance.now();
      stop.abort();
    });
  }
  // Its reader may go first.
  stdout.on('error', () => stop.abort());
  const started = performance.now();
  const say = (line: string) => void stdout.write(`${line}\n`);
  const tell = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  try {
    process.exitCode = (await measure({ signal: stop.signal, say, tell })) ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) {
      say('stopped');
      process.exit(130);
    }
    const foreseen = exitCodeOf(error);
    const reason = error instanceof Error ? (foreseen === undefined ? error.stack : error.message) : String(error);
    process.stderr.write(`${reason}\n`);
    process.exit(foreseen ?? 1);
  }
}
