import type { ServicePlan } from './plan.ts';

/** Adds a service to the text of services.ts. @throws Error when the list is not found */
export function addToServices(text: string, { name }: ServicePlan): string {
  return replaceOnce(text, /(export const services = \[[^\]]*?),?\s*(\] as const;)/g, `$1, '${name}'$2`);
}

/**
 * Adds a service to the text of operations.ts: as a caller of the operations that it calls, and with an operation of its own.
 * `entry` is the text of that operation.
 *
 * @throws Error when a place is not found
 */
export function addToOperations(text: string, { name, calls }: ServicePlan, entry: string): string {
  const called = calls.reduce((edited, { id }) => {
    const place = new RegExp(`('${id.replaceAll('.', '\\.')}': \\{[^}]*?callers: \\[)([^\\]]*?),?\\s*\\]`, 'g');
    return replaceOnce(edited, place, (_found, before: string, callers: string) =>
      callers === '' ? `${before}'${name}']` : `${before}${callers}, '${name}']`,
    );
  }, text);
  return replaceOnce(called, /\}\);\n*$/g, `  '${name}:things.read': {\n${entry}  },\n});\n`);
}

/** Reads the operation of the template from the text of its contracts.ts. @throws Error without it */
export function entryOf(contracts: string): string {
  const entry = /^ *\/\/ begin entry\n(.*?)^ *\/\/ end$/ms.exec(contracts)?.[1];
  if (entry === undefined) throw new Error('the template has no entry for the map of operations');
  return entry;
}

function replaceOnce(
  text: string,
  place: RegExp,
  replacement: string | ((found: string, ...groups: string[]) => string),
): string {
  const found = text.match(place)?.length ?? 0;
  if (found !== 1) throw new Error(`the contracts have ${found} places for ${place}: add the service by hand`);
  return typeof replacement === 'string' ? text.replace(place, replacement) : text.replace(place, replacement);
}
