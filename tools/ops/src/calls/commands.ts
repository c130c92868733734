import { type Command, type CommandSpec, defineCommand } from '@auth/command';
import { developmentVariables } from '../development-variables.ts';
import { adminSources, type Source } from './admin-sources.ts';
import type { CallMap } from './call-map.ts';
import { callTable } from './call-table.ts';
import { drawIntoFile, isCurrent } from './graph-document.ts';
import { ledgerOf } from './ledger.ts';
import { liveReport } from './live-report.ts';
import { scrape } from './scrape.ts';

/** `pnpm calls`, and its subcommands. */
export const callsSpec = {
  name: 'pnpm calls',
  summary: 'Shows who may call what. Without a command: as a table.',
  commands: {
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
      variables: { PORT_BASE: developmentVariables.PORT_BASE },
    },
  },
} as const satisfies CommandSpec;

/** What `pnpm calls` shows, and where it draws. */
export interface CallsOptions {
  readonly map: CallMap;
  /** The document with the drawing. */
  readonly document: string;
  /** When to look again under `--watch`. */
  readonly ticks: () => AsyncIterable<unknown>;
  /** Printed before each look but the first: clears a terminal. */
  readonly separator: string;
}

/** Creates `pnpm calls`. */
export function createCallsCommand(options: CallsOptions): Command {
  return defineCommand({
    ...callsSpec,
    commands: { graph: graphCommand(options), live: liveCommand(options) },
    run: ({ print }) => print(callTable(options.map)),
  });
}

function graphCommand({ map, document }: CallsOptions): Command {
  return defineCommand({
    ...callsSpec.commands.graph,
    async run({ options, print, complain }) {
      if (!options.check) return print(`${document}: ${(await drawIntoFile(document, map)) ? 'drawn' : 'current'}`);
      if (await isCurrent(document, map)) return 0;
      complain(`${document} is not current: run pnpm calls graph`);
      return 1;
    },
  });
}

function liveCommand({ map, ticks, separator }: CallsOptions): Command {
  return defineCommand({
    ...callsSpec.commands.live,
    async run({ options: { admin, json, watch }, variables, print }) {
      const sources = adminSources(admin, variables);
      let answered = await look(sources, { map, json, print });
      if (watch) {
        for await (const _tick of ticks()) {
          if (!json) print(separator);
          answered = await look(sources, { map, json, print });
        }
      }
      return answered ? 0 : 1;
    },
  });
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
