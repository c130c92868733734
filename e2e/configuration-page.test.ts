import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { Settings as GatewaySettings } from '../apps/gateway/src/config.ts';
import { Settings as OrderSettings } from '../apps/order/src/config.ts';
import { Settings as ProductSettings } from '../apps/product/src/config.ts';
import { Settings as UserSettings } from '../apps/user/src/config.ts';

const schemas = { user: UserSettings, product: ProductSettings, order: OrderSettings, gateway: GatewaySettings };

/** A setting, as the page describes it. */
interface Row {
  readonly usual: string;
  readonly text: string;
}

/** Reads the tables of docs/configuration.md: the settings of each section by name. */
function readPage(): Map<string, Map<string, Row>> {
  const page = readFileSync(join(repositoryRoot, 'docs/configuration.md'), 'utf8');
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const rows = section.split('\n').filter((line) => line.startsWith('| `'));
      return [section.split('\n', 1).join(''), new Map(rows.flatMap(readRow))];
    }),
  );
}

/** Reads a row, which may name several settings, with one default each or one for all. */
function readRow(line: string): [string, Row][] {
  const [names = '', usual = '', text = ''] = line.split(' | ');
  const found = names.match(/(?<=`)[A-Z][A-Z0-9_]+(?=`)/g) ?? [];
  const defaults = usual.split(', ');
  return found.map((name, index) => [
    name,
    { usual: (defaults.length === found.length ? defaults[index] : usual) ?? usual, text },
  ]);
}

/** Returns the default and the bounds that the page should show, from the schema. */
function factsOf(schema: z.ZodType): { usual: string | undefined; bounds: string | undefined } {
  const usual = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : undefined;
  const refused = schema.safeParse('x');
  const range = / whole number from (\d+) to (\d+)$/.exec(refused.error?.issues[0]?.message ?? '');
  return { usual, bounds: range === null ? undefined : `${range[1]} to ${range[2]}` };
}

const page = readPage();
const sectionsOf = (service: string) =>
  [...page.keys()].filter((title) => title === 'Every service' || title.split(/, | and /).includes(service));

describe('docs/configuration.md', () => {
  it.each(Object.entries(schemas))(
    'lists every setting of %s with its default and its bounds',
    (service, { shape }) => {
      const rows = new Map(sectionsOf(service).flatMap((title) => [...(page.get(title) ?? [])]));
      const wrong = Object.entries<z.ZodType>(shape).filter(([name, schema]) => {
        const row = rows.get(name);
        const { usual, bounds } = factsOf(schema);
        const hasDefault = usual === undefined || usual === '' || row?.usual.replaceAll('`', '') === usual;
        return row === undefined || !hasDefault || !row.text.includes(bounds ?? '');
      });
      expect(wrong.map(([name, schema]) => ({ name, ...factsOf(schema), page: rows.get(name) }))).toEqual([]);
    },
  );

  it('lists no setting that does not exist', () => {
    const known = Object.entries(schemas).flatMap(([service, { shape }]) =>
      sectionsOf(service).flatMap((title) => Object.keys(shape).map((name) => `${title}: ${name}`)),
    );
    const listed = [...page].flatMap(([title, rows]) => [...rows.keys()].map((name) => `${title}: ${name}`));
    const ofServices = listed.filter((name) => !name.startsWith('`pnpm dev`'));
    expect(ofServices.filter((name) => !known.includes(name))).toEqual([]);
    expect(ofServices.length).toBeGreaterThan(50);
  });
});
