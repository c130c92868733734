import { parseArgs } from 'node:util';
import type { Source } from './admin-sources.ts';
import { adminSources } from './admin-sources.ts';
import type { CallMap } from './call-map.ts';
import { callTable } from './call-table.ts';
import { CallsError } from './calls-error.ts';
import { drawIntoFile, isCurrent } from './graph-document.ts';
import { ledgerOf } from './ledger.ts';
import { liveReport } from './live-report.ts';
import { scrape } from './scrape.ts';

const usage = `usage: pnpm calls                    who may call what
       pnpm calls graph [--check]    draw that into docs/calls.md; --check: exit 1 when it is not current
       pnpm calls live [--admin <service>=<url> ...] [--json] [--watch]
                                     who does call what, from the metrics of the running services

  --admin   an admin port, once for each process   (default: those of pnpm dev, PORT_BASE + 101 to 103)
  --json    one line of JSON
  --watch   again every two seconds`;

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
  try {
    if (command === undefined) {
      surroundings.print(callTable(surroundings.map));
      return 0;
    }
    if (command === 'graph') return await graph(rest, surroundings);
    if (command === 'live') return await live(rest, surroundings);
    throw new CallsError(usage, 64);
  } catch (error) {
    if (!(error instanceof CallsError)) throw error;
    surroundings.complain(error.message);
    return error.exitCode;
  }
}

async function graph(args: readonly string[], { map, document, print, complain }: Surroundings): Promise<number> {
  const { check } = parse(args, { check: { type: 'boolean' } });
  if (check !== true) {
    print(`${document}: ${(await drawIntoFile(document, map)) ? 'drawn' : 'current'}`);
    return 0;
  }
  if (await isCurrent(document, map)) return 0;
  complain(`${document} is not current: run pnpm calls graph`);
  return 1;
}

async function live(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { map, env, print, ticks, separator } = surroundings;
  const flags = { json: { type: 'boolean' }, watch: { type: 'boolean' } } as const;
  const {
    admin = [],
    json = false,
    watch = false,
  } = parse(args, { ...flags, admin: { type: 'string', multiple: true } });
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

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch {
    throw new CallsError(usage, 64);
  }
}
