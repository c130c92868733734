import { fileURLToPath } from 'node:url';
import { operations, services } from '@auth/contracts';
import { describe, expect, it } from '@jest/globals';
import { drawInto, isCurrent } from './graph-document.ts';
import { shopMap } from './map.fixture.ts';

const begin = '<!-- begin: written by pnpm calls graph -->';
const end = '<!-- end -->';
const document = `# Calls\n\n${begin}\nold\n${end}\n\nMore.\n`;

describe('docs/calls.md', () => {
  const file = fileURLToPath(new URL('../../../../docs/calls.md', import.meta.url));

  it('shows the operations as they are; if not: pnpm calls graph', async () => {
    expect(await isCurrent(file, { services, operations })).toBe(true);
  });

  it('would not be current with another caller in the map', async () => {
    const read = operations['order:orders.read'];
    const opened = { ...operations, 'order:orders.read': { ...read, callers: ['user'] as const } };
    expect(await isCurrent(file, { services, operations: opened })).toBe(false);
  });
});

describe('drawInto', () => {
  it('replaces what stands between the markers and nothing else', () => {
    const drawn = drawInto(document, shopMap);
    expect(drawn).toMatch(/^# Calls\n\n<!-- begin[^\n]+\n\n```mermaid\nflowchart LR\n[^`]+\n```\n\n\| operation \|/);
    expect(drawn).toMatch(/no key to call with: user\.\n\n<!-- end -->\n\nMore\.\n$/);
    expect(drawn).not.toContain('old');
  });

  it('changes nothing the second time', () => {
    const drawn = drawInto(document, shopMap);
    expect(drawInto(drawn, shopMap)).toBe(drawn);
  });

  it.each([
    ['neither', '# Calls'],
    ['no end', `${begin}\n`],
    ['no beginning', `${end}\n`],
    ['the end first', `${end}\n${begin}\n`],
    ['two beginnings', `${begin}\n${begin}\n${end}\n`],
    ['two pairs', `${document}${document}`],
  ])('refuses a document whose markers are wrong: %s', (_case, text) => {
    expect(() => drawInto(text, shopMap)).toThrow('there must be one line <!-- begin');
  });
});
