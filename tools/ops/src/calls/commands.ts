import type { CommandSpec } from '@auth/command';
import { findCommand, helpText, readCommandLine, UsageError } from '@auth/command';
import type { Source } from './admin-sources.ts';
import { adminSources } from './admin-sources.ts';
import type { CallMap } from './call-map.ts';
import { callTable } from './call-table.ts';
import { CallsError } from './calls-error.ts';
import { drawIntoFile, isCurrent } from './graph-document.ts';
import { ledgerOf } from './ledger.ts';
import { liveReport } from './live-report.ts';
import { scrape } from './scrape.ts';

const callsCommands = {
  graph: {
    name: 'pnpm calls graph',
    summary: 'Draws who may call what into docs/calls.md.',
    options: { check: { help: 'draw nothing, and exit 1 when the drawing is not current' } },
  },
  live: {
    name: 'pnpm calls live',
    summary: 'Shows who does call what, from the metrics of the running services.',
    options: {
      admin: {
        value: '<service>=<url>',
        multiple: true,
        help: 'an admin port, once for each process (default: those of pnpm dev, PORT_BASE + 101 to 103)',
      },
      json: { help: 'print one line of JSON' },
      watch: { help: 'look again every two seconds' },
    },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

const callsSpec = {
  name: 'pnpm calls',
  summary: 'Shows who may call what. Without a command: as a table.',
  commands: callsCommands,
} as const satisfies CommandSpec;

/** What the command gets from its surroundings. */
export interface Surroundings {
  readonly map: CallMap;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The document with the drawing. */
  readonly document: string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** When to look again under `--watch`. */
  readonly ticks: () => AsyncIterable<unknown>;
  /** Put before each look but the first: clears a terminal. */
  readonly separator: string;
}

/** Runs `pnpm calls`. @returns the exit code */
export async function runCalls(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [command, ...rest] = args;
  const { map, print, complain } = surroundings;
  try {
    if (command === undefined) return printed(callTable(map), print);
    if (command === '--help' || command === '-h') return printed(helpText(callsSpec), print);
    if (findCommand(callsSpec, command) === 'graph') return await graph(rest, surroundings);
    return await live(rest, surroundings);
  } catch (error) {
    if (!(error instanceof CallsError || error instanceof UsageError)) throw error;
    complain(error.message);
    return error.exitCode;
  }
}

function printed(text: string, print: Surroundings['print']): number {
  print(text);
  return 0;
}

async function graph(args: readonly string[], { map, document, print, complain }: Surroundings): Promise<number> {
  const line = readCommandLine(callsCommands.graph, args);
  if (line.help !== undefined) return printed(line.help, print);
  if (!line.options.check)
    return printed(`${document}: ${(await drawIntoFile(document, map)) ? 'drawn' : 'current'}`, print);
  if (await isCurrent(document, map)) return 0;
  complain(`${document} is not current: run pnpm calls graph`);
  return 1;
}

async function live(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { map, env, print, ticks, separator } = surroundings;
  const line = readCommandLine(callsCommands.live, args);
  if (line.help !== undefined) return printed(line.help, print);
  const { admin, json, watch } = line.options;
  const sources = adminSources(admin, env);
  let answered = await look(sources, { map, json, print });
  if (watch) {
    for await (const _tick of ticks()) {
      if (!json) print(separator);
      answered = await look(sources, { map, json, print });
    }
  }
  return answered ? 0 : 1;
}

/** @returns whether any service answered */
async function look(
  sources: readonly Source[],
  { map, json, print }: { map: CallMap; json: boolean; print: (text: string) => void },
): Promise<boolean> {
  const ledger = ledgerOf(await Promise.all(sources.map(scrape)), map);
  print(json ? JSON.stringify(ledger) : liveReport(ledger));
  return ledger.answered.length > 0;
}
