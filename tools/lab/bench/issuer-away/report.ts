import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../../measure/markdown.ts';
import type { Blocks } from '../../measure/page.ts';
import { neighboursFolder } from '../http/neighbours.ts';
import { type Library, libraries } from './libraries.ts';
import { type Answer, backWithinMs, longestMs, type Outcome } from './situations.ts';

/** The blocks of docs/issuer-away.md. They hold no measured time that differs from run to run. */
export function blocksOf(outcomes: ReadonlyMap<string, Outcome>): Blocks {
  const tableOf = (columns: readonly string[], cellsOf: (outcome: Outcome, library: Library) => string[]) =>
    markdownTable([
      ['', ...columns],
      ...libraries.map((library) => {
        const outcome = outcomes.get(library.key);
        if (outcome === undefined) throw new Error(`${library.key} was not measured`);
        return [library.title, ...cellsOf(outcome, library)];
      }),
    ]);
  return {
    versions: `${versions().join(', ')}.`,
    down: tableOf(
      [
        'no keys yet',
        'keys loaded, age over',
        'new kid',
        'new kid again',
        'known kid meanwhile',
        'issuer back: accepted',
      ],
      ({ cold, aged, newKey, newKeyAgain, knownKey, isBackAtOnce }, library) => [
        ...[cold, aged, newKey, newKeyAgain, knownKey].map((answer) => textOf(answer, library)),
        isBackAtOnce ? 'at once' : `within ${backWithinMs / 1000} s`,
      ],
    ),
    hangs: tableOf(['no keys yet', 'keys loaded, age over'], ({ hangingCold, hangingAged }, library) =>
      [hangingCold, hangingAged].map((answer) => textOf(answer, library)),
    ),
  };
}

function textOf({ status, thrown, ms }: Answer, { hasNoStatus = false }: Library): string {
  if (status === undefined) return `no answer within ${longestMs / 1000} s`;
  const seconds = Math.floor(ms / 1000);
  const late = seconds === 0 ? '' : `, after ${seconds} s`;
  if (status === 200) return `200${late}`;
  return `${hasNoStatus ? 'throws' : status} ${thrown}${late}`;
}

function versions(): string[] {
  const names = new Set(libraries.flatMap(({ packages }) => packages));
  return [...names].map((name) => {
    const manifest = readFileSync(join(neighboursFolder, 'node_modules', name, 'package.json'), 'utf8');
    const { version }: { readonly version: string } = JSON.parse(manifest);
    return `${name} ${version}`;
  });
}
