import { readFile, writeFile } from 'node:fs/promises';
import { fillBlock } from '../written-block.ts';
import { callGraph } from './call-graph.ts';
import type { CallMap } from './call-map.ts';
import { markdownTable } from './call-table.ts';

/** Returns a Markdown text with the map in the block of `pnpm calls graph`. @throws WrittenBlockError without that block */
export function drawInto(text: string, map: CallMap): string {
  const drawing = ['```mermaid', callGraph(map), '```', '', markdownTable(map)].join('\n');
  return fillBlock(text, drawing, { command: 'pnpm calls graph' });
}

/** Whether a document shows the map as it is. @throws WrittenBlockError as `drawInto` */
export async function isCurrent(file: string, map: CallMap): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  return text === drawInto(text, map);
}

/** Draws the map into a document, unless it is there. @returns whether anything had to change */
export async function drawIntoFile(file: string, map: CallMap): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  const drawn = drawInto(text, map);
  if (drawn !== text) await writeFile(file, drawn);
  return drawn !== text;
}
