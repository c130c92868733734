import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { stdout } from 'node:process';
import { repositoryRoot } from '@auth/dev';

/** The blocks of a page that a script writes, by name. The text around them is written by hand. */
export type Blocks = Readonly<Record<string, string>>;

/**
 * Puts every block between its marks (`<!-- compare:name -->` … `<!-- /compare:name -->` for the script `compare`) and
 * leaves the rest as it is.
 *
 * @throws Error when the page has a block that is not given, or lacks one that is
 */
export function fillIn(page: string, blocks: Blocks, script: string): string {
  const missing = new Set(Object.keys(blocks));
  const place = new RegExp(`<!-- ${script}:(\\w+) -->\\n.*?<!-- /${script}:\\1 -->`, 'gs');
  const filled = page.replace(place, (_whole, name: string) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`the page has a place for ${name}, which was not measured`);
    missing.delete(name);
    return `<!-- ${script}:${name} -->\n${block}\n<!-- /${script}:${name} -->`;
  });
  if (missing.size > 0) throw new Error(`the page has no place for ${[...missing].join(', ')}`);
  return filled;
}

/** Writes the blocks of a script into `docs/<page>`. */
export async function writeBlocks(page: string, blocks: Blocks, script: string): Promise<void> {
  const file = join(repositoryRoot, 'docs', page);
  await writeFile(file, fillIn(await readFile(file, 'utf8'), blocks, script));
}

/** Writes drawings into `docs/plots`, by the name of the file. */
export async function writePlots(plots: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(repositoryRoot, 'docs/plots');
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(plots)) await writeFile(join(folder, name), svg);
}

/** The output of a benchmark whose lines are a block of docs/performance.md. */
export interface BenchOutput {
  say(line: string): void;
  /** Writes the lines into the page, with the day and the machine. */
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
      const { date, processor, cores } = readMachine([]);
      const text = ['```text', `${date}, ${processor}, ${cores} cores, node ${process.version}`, ...lines, '```'];
      await writeBlocks('performance.md', { result: text.join('\n') }, block);
      stdout.write('wrote docs/performance.md\n');
    },
  };
}

/** The machine and the software of a measurement. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Day, as in RFC 3339. */
  readonly date: string;
  /** Names with versions, Node first. */
  readonly versions: readonly string[];
}

/** Reads what the numbers depend on. `versions`: names with versions of everything measured besides Node. */
export function readMachine(versions: readonly string[]): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    date: new Date().toISOString().slice(0, 10),
    versions: [`Node ${process.version.slice(1)}`, ...versions],
  };
}

/** Two lines about the machine, as pages show them. */
export function machineLines({ date, processor, cores, memoryGiB, system, versions }: Machine): string[] {
  return [
    `${date}, ${processor} with ${cores} cores and ${memoryGiB} GiB, ${system}; everything on this one machine.`,
    `${versions.join(', ')}.`,
  ];
}

/** The versions of the stores and of the packages that are installed in a folder of the repository. */
export function versionsOf(
  stores: { readonly postgres: string; readonly redis: string | undefined },
  packages: readonly (readonly [folder: string, name: string])[],
): string[] {
  return [
    `Postgres ${stores.postgres}`,
    stores.redis === undefined ? 'no Redis' : `Redis ${stores.redis}`,
    ...packages.map(([folder, name]) => {
      const file = join(repositoryRoot, folder, 'node_modules', name, 'package.json');
      return `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
    }),
  ];
}
