import { textTable } from '../text-table.ts';
import { type CallMap, userOf, withoutOutgoingArrow } from './call-map.ts';

const head = ['operation', 'method and path', 'callers', 'user'] as const;

/** The map as a table for a terminal: each operation, its route, who may call it and for whom. */
export function callTable(map: CallMap): string {
  return [...textTable([head, ...rows(map)]), '', outgoing(map)].join('\n');
}

/** The same as a Markdown table. */
export function markdownTable(map: CallMap): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows(map).map(([id, route, ...rest]) => line([`\`${id}\``, `\`${route}\``, ...rest]));
  return [line(head), line(head.map(() => '---')), ...body, '', outgoing(map)].join('\n');
}

function rows({ operations }: CallMap): [id: string, route: string, callers: string, user: string][] {
  return Object.entries(operations).map(([id, operation]) => {
    const { method, path, callers } = operation;
    const who = callers.length === 0 ? 'nobody: a shut door' : callers.join(', ');
    return [id, `${method} ${path}`, who, userOf(operation)];
  });
}

function outgoing(map: CallMap): string {
  const names = withoutOutgoingArrow(map);
  return `No outgoing arrow, so no key to call with: ${names.length === 0 ? 'none' : names.join(', ')}.`;
}
