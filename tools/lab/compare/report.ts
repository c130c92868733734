import type { Blocks } from '../measure/page.ts';
import type { Comparison } from './comparison.ts';
import { costBlock, loadBlock } from './load-report.ts';
import { logoutBlock } from './logout-report.ts';
import { outageBlock } from './outage-report.ts';
import { overheadBlock } from './overhead-report.ts';
import { storesBlock } from './store-report.ts';

/** Everything that was measured, as Markdown: for the page, and for whoever looks on. */
export function blocksOf(comparison: Comparison): Blocks {
  return {
    machine: machineBlock(comparison),
    load: loadBlock(comparison),
    cost: costBlock(comparison),
    stores: storesBlock(comparison),
    outage: outageBlock(comparison),
    logout: logoutBlock(comparison),
    overhead: overheadBlock(comparison),
  };
}

function machineBlock({ machine, settings, connections, turns }: Comparison): string {
  const { processor, cores, memoryGiB, system, date, versions } = machine;
  const sent = [...turns.values()].flat().reduce((sum, { requests }) => sum + requests, 0);
  return [
    `${date}, ${processor} with ${cores} cores and ${memoryGiB} GiB, ${system}; everything on this one machine.`,
    `${versions.join(', ')}.`,
    `${settings.rounds} rounds, ${connections} connections, ${sent} requests. Behind each median, in brackets, the least and the most of the rounds.`,
  ].join('\n');
}
