import picocolors from 'picocolors';
import type { AppName } from '../stack/services.ts';
import { serviceNames, services } from '../stack/services.ts';

/** Who speaks: a service, or the launcher itself. */
export type Source = AppName | 'dev';

/** Writes one line in the name of a source. */
export type Say = (source: Source, line: string) => void;

/** The terminal, shared by everything that runs. */
export interface Console {
  /** Prints `source │ line`, aligned. */
  say: Say;
  /** Prints text as it is, without a source in front: what is meant to be copied. */
  print(text: string): void;
}

/** What a stream must offer to be written to. */
export interface Output {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Creates the console. `onClosed` is called once when the reader of the stream has gone (a closed terminal, `| head`);
 * what is said after that is dropped. */
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

/** Whether to colour: NO_COLOR (no-color.org) and FORCE_COLOR decide, then whether a person is looking. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
