import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stdout } from 'node:process';
import { repositoryRoot } from '@auth/dev';
import { readMachine } from '../compare/machine.ts';
import { fillIn } from '../compare/page.ts';

/** The lines that a benchmark prints. */
export interface BenchOutput {
  say(line: string): void;
  /** Writes the lines into the block of the benchmark in docs/performance.md, with the day and the machine. */
  publish(): Promise<void>;
}

/** Creates the output of a benchmark. `block`: its name in docs/performance.md. */
export function createBenchOutput(block: string): BenchOutput {
  const lines: string[] = [];
  return {
    say(line) {
      lines.push(line);
      stdout.write(`${line}\n`);
    },
    async publish() {
      const page = join(repositoryRoot, 'docs/performance.md');
      const { date, processor, cores } = readMachine({ postgres: '', redis: undefined }, []);
      const text = ['```text', `${date}, ${processor}, ${cores} cores, node ${process.version}`, ...lines, '```'];
      await writeFile(page, fillIn(await readFile(page, 'utf8'), { result: text.join('\n') }, block));
      stdout.write('wrote docs/performance.md\n');
    },
  };
}
