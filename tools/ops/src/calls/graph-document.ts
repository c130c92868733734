import { readFile, writeFile } from 'node:fs/promises';
import { callGraph } from './call-graph.ts';
import type { CallMap } from './call-map.ts';
import { markdownTable } from './call-table.ts';
import { CallsError } from './calls-error.ts';

const begin = '<!-- begin: written by pnpm calls graph -->';
const end = '<!-- end -->';

/** A Markdown text with what stands between its markers replaced by the map. @throws CallsError without one pair of markers */
export function drawInto(text: string, map: CallMap): string {
  const [before = '', rest = '', ...more] = text.split(begin);
  const [, after = '', ...others] = rest.split(end);
  if (!text.includes(begin) || !rest.includes(end) || more.length + others.length > 0) {
    throw new CallsError(`there must be one line ${begin} and below it one line ${end}`, 65);
  }
  const drawing = ['```mermaid', callGraph(map), '```', '', markdownTable(map)].join('\n');
  return `${before}${begin}\n\n${drawing}\n\n${end}${after}`;
}

/** Whether a document shows the map as it is. @throws CallsError as `drawInto` */
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
