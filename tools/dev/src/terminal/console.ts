import picocolors from 'picocolors';
import { type AppName, serviceNames, services } from '../stack/services.ts';

/** The source of a line: a service, or the launcher itself. */
export type Source = AppName | 'dev';

/** Writes one line of a source. */
export type Say = (source: Source, line: string) => void;

/** The terminal, shared by all processes of the stack. */
export interface Console {
  /** Prints `source │ line`, aligned. */
  say: Say;
  /** Prints text without a source in front, so that it can be copied. */
  print(text: string): void;
}

/** The part of a stream that the console uses. */
export interface Output {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Creates the console. `onClosed` is called once when the reader of the stream is gone (a closed terminal, `| head`);
 * later lines are dropped. */
export function createConsole(output: Output, options: { colour: boolean; onClosed?: () => void }): Console {
  const colours = picocolors.createColors(options.colour);
  const width = Math.max(...serviceNames.map((name) => name.length));
  let open = true;
  output.on('error', () => {
    if (!open) return;
    open = false;
    options.onClosed?.();
  });
  const print = (text: string): void => {
    if (open) output.write(`${text}\n`);
  };
  return {
    print,
    say: (source, line) => {
      const paint = source === 'dev' ? colours.cyan : colours[services[source].colour];
      print(`${paint(source.padEnd(width))} ${colours.dim('│')} ${line}`);
    },
  };
}

/** Whether to colour: NO_COLOR (no-color.org) and FORCE_COLOR decide, otherwise whether the output is a terminal. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
