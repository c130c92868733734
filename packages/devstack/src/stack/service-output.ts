import { stripVTControlCharacters } from 'node:util';

/** What a line on the output of a service means. */
export type ServiceLine =
  | { kind: 'text'; text: string }
  /** Under watch: the program ended with this code, and the watcher waits for a change. */
  | { kind: 'down'; code: number | undefined }
  /** Under watch: a file changed, and the program starts again. */
  | { kind: 'restarting' };

/** As report-exit.ts writes it; no program starts a line with a record separator by accident. */
const exitReport = '\u001eexit ';

/** Creates a reader that tells the lines of a service from those of `node --watch` and of our preloaded exit report. */
export function createLineReader(): (line: string) => ServiceLine | undefined {
  let lastCode: number | undefined;
  return (line) => {
    const plain = stripVTControlCharacters(line);
    if (plain.startsWith(exitReport)) {
      lastCode = Number(plain.slice(exitReport.length));
      return undefined;
    }
    if (/^(Failed|Completed) running '/.test(plain)) {
      const code = lastCode;
      lastCode = undefined;
      return { kind: 'down', code };
    }
    if (/^Restarting '/.test(plain)) {
      lastCode = undefined;
      return { kind: 'restarting' };
    }
    return { kind: 'text', text: line };
  };
}
