import { textTable } from '../text-table.ts';
import type { CallRow, Ledger } from './ledger.ts';

const head = ['caller', 'operation', 'allowed', 'refused', 'why', ''] as const;

/** The ledger for a terminal. */
export function liveReport({ rows, neverUsed, answered, silent }: Ledger): string {
  const missing = silent.map(({ source, problem }) => `${source.service} at ${source.url} ${problem}`);
  if (answered.length === 0)
    return [...missing, 'nothing to show: start pnpm dev, or say --admin <service>=<url>'].join('\n');
  const table = rows.length === 0 ? ['no calls'] : textTable([head, ...rows.map(cells)]);
  const unused = neverUsed.map(({ caller, operation }) => `  ${caller} -> ${operation}`);
  const known = silent.length === 0 ? '' : ', where that can be told';
  return [
    ...table,
    '',
    ...(unused.length === 0
      ? [`allowed but never used${known}: none`]
      : [`allowed but never used${known}:`, ...unused]),
    ...missing.map((line) => `${line}; its counts are missing here`),
    'counted since each service started',
  ].join('\n');
}

function cells(row: CallRow): (string | number)[] {
  const { callee, caller, operation, standing, allowed, refused, reasons } = row;
  const why = Object.entries(reasons)
    .sort()
    .map(([reason, count]) => `${reason} ${count}`);
  const where = standing === 'no operation' ? `${operation} (at ${callee})` : operation;
  return [caller, where, allowed, refused, why.join(', '), noteOn(row)];
}

function noteOn({ standing, allowed }: CallRow): string {
  if (standing === 'listed') return '';
  // The running service is made from another map than this one.
  if (allowed > 0) return 'NOT IN THIS MAP, AND LET IN';
  if (standing === 'not listed') return 'NOT ALLOWED';
  return standing === 'unknown' ? 'not authenticated' : 'no operation';
}
