import type { Source } from './admin-sources.ts';
import type { CallMap } from './call-map.ts';
import type { CallCount, Scrape } from './scrape.ts';

/** What the map says of a caller at an operation. `unknown`: nobody was authenticated. */
export type Standing = 'listed' | 'not listed' | 'unknown' | 'no operation';

/** One caller at one operation, in all processes of the callee together, since they started. */
export interface CallRow {
  readonly callee: string;
  readonly caller: string;
  /** From the map, or `unmatched`. */
  readonly operation: string;
  readonly standing: Standing;
  readonly allowed: number;
  readonly refused: number;
  /** How often it was refused for what. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Who calls what, and who may but does not. */
export interface Ledger {
  readonly rows: readonly CallRow[];
  /** Of callees whose processes have all answered. */
  readonly neverUsed: readonly { readonly caller: string; readonly operation: string }[];
  readonly answered: readonly Source[];
  readonly silent: readonly { readonly source: Source; readonly problem: string }[];
}

/** Adds up what the services have counted, beside what the map says. */
export function ledgerOf(scrapes: readonly Scrape[], map: CallMap): Ledger {
  const groups = new Map<string, { readonly callee: string; readonly counts: CallCount[] }>();
  for (const scrape of scrapes) {
    if (!('counts' in scrape)) continue;
    const callee = scrape.source.service;
    for (const count of scrape.counts) {
      const key = `${callee} ${count.operation} ${count.caller}`;
      const group = groups.get(key) ?? { callee, counts: [] };
      groups.set(key, group);
      group.counts.push(count);
    }
  }
  const rows = [...groups.values()].map(({ callee, counts }) => rowOf(callee, counts, map));
  const silent = scrapes.filter((scrape) => 'problem' in scrape);
  const answered = scrapes.filter((scrape) => 'counts' in scrape).map(({ source }) => source);
  const heard = new Set<string>(answered.map(({ service }) => service));
  for (const { source } of silent) heard.delete(source.service);
  return { rows: rows.sort(inOrderOf(map)), neverUsed: neverUsed(rows, heard, map), answered, silent };
}

function rowOf(callee: string, counts: readonly CallCount[], map: CallMap): CallRow {
  const [{ caller, operation } = { caller: '', operation: '' }] = counts;
  const reasons: Record<string, number> = {};
  const sums = { allow: 0, deny: 0 };
  for (const { decision, reason, count } of counts) {
    sums[decision] += count;
    if (decision === 'deny') reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  const standing = standingOf(caller, operation, map);
  return { callee, caller, operation, standing, allowed: sums.allow, refused: sums.deny, reasons };
}

function standingOf(caller: string, operation: string, { operations }: CallMap): Standing {
  const spec = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (spec === undefined) return 'no operation';
  if (caller === 'unknown') return 'unknown';
  return spec.callers.some((listed) => listed === caller) ? 'listed' : 'not listed';
}

function neverUsed(rows: readonly CallRow[], heard: ReadonlySet<string>, { operations }: CallMap) {
  const used = new Set(
    rows.filter(({ allowed }) => allowed > 0).map(({ caller, operation }) => `${caller} ${operation}`),
  );
  return Object.entries(operations)
    .filter(([operation]) => heard.has(operation.slice(0, operation.indexOf(':'))))
    .flatMap(([operation, { callers }]) => callers.map((caller) => ({ caller, operation })))
    .filter(({ caller, operation }) => !used.has(`${caller} ${operation}`));
}

/** As the map is written, what is not in it last; at each operation those who are listed first. */
function inOrderOf({ services, operations }: CallMap): (a: CallRow, b: CallRow) => number {
  const ids = Object.keys(operations);
  const standings: readonly Standing[] = ['listed', 'not listed', 'unknown', 'no operation'];
  const place = ({ operation, standing, callee }: CallRow) => [
    ids.includes(operation) ? ids.indexOf(operation) : ids.length,
    standings.indexOf(standing),
    services.indexOf(callee),
  ];
  return (a, b) => {
    const [here, there] = [place(a), place(b)];
    const differing = here.findIndex((value, index) => value !== there[index]);
    return (here[differing] ?? 0) - (there[differing] ?? 0) || (a.caller < b.caller ? -1 : 1);
  };
}
