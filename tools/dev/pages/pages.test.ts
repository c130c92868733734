import { describe, expect, it } from '@jest/globals';
import { commandsTable } from './commands-page.ts';
import { configurationTables } from './configuration-page.ts';

const settingOf = (name: string, meaning = 'What.') => ({ name, values: '', default: 'none', meaning });

describe('configurationTables', () => {
  it('has one table for each group of services with the same settings, large groups first', () => {
    const shared = settingOf('PORT');
    const tables = configurationTables(
      {
        user: [shared, settingOf('COST'), settingOf('URL', 'One URL.')],
        order: [shared, settingOf('PEER'), settingOf('URL', 'Another URL.')],
        gateway: [shared, settingOf('PEER')],
      },
      { DATA_DIR: { help: 'where data is', default: '.data' }, OTHER: { help: 'a | b' } },
    );
    const lines = tables.split('\n').filter((line) => line.startsWith('## ') || line.startsWith('| `'));
    expect(lines).toEqual([
      '## Every service',
      '| `PORT` |  | none | What. |',
      '## order and gateway',
      '| `PEER` |  | none | What. |',
      '## user',
      '| `COST` |  | none | What. |',
      '| `URL` |  | none | One URL. |',
      '## order',
      '| `URL` |  | none | Another URL. |',
      '## `pnpm dev`',
      '| `DATA_DIR` | `.data` | where data is |',
      '| `OTHER` | none | a \\| b |',
    ]);
  });
});

describe('commandsTable', () => {
  const plain = {
    plainCommands: { start: { name: 'pnpm start', summary: 'Starts <it>.', arguments: ['<service>'] } },
    foreignScripts: { test: 'Tests.' },
  };

  it('has a row for each script, with subcommands, options and environment variables', () => {
    const rows = commandsTable(['start', 'test', 'calls', 'db:migrate'], plain).split('\n').slice(2);
    expect(rows).toEqual([
      '| `start <service>` | Starts &lt;it>. |  |',
      '| `test` | Tests. |  |',
      expect.stringMatching(/^\| `calls` \| .* \| `graph`, `live` \|$/),
      expect.stringMatching(/^\| `db:migrate \[<service>\]…` \| .* \| `DATA_DIR`, `DATABASE_…` \|$/),
    ]);
  });

  it('refuses a script without a definition, by name', () => {
    expect(() => commandsTable(['start', 'mystery'], plain)).toThrow('the script mystery of package.json');
  });
});
