import type { VariableSpec } from '@auth/command';
import { markdownTable } from './markdown-table.ts';
import type { Setting } from './setting.ts';

/** Formats the tables of docs/configuration.md: one for each group of services that share settings, then `pnpm dev`. */
export function configurationTables(
  settings: Readonly<Record<string, readonly Setting[]>>,
  developmentVariables: Readonly<Record<string, VariableSpec>>,
): string {
  const all = Object.keys(settings);
  const sections = groupsOf(settings).map(
    ({ services, shared }) => `## ${titleOf(services, all)}\n\n${tableOf(shared)}`,
  );
  const development = Object.entries(developmentVariables).map(([name, { help, default: usual }]) => [
    `\`${name}\``,
    usual === undefined ? 'none' : `\`${usual}\``,
    help,
  ]);
  return [...sections, `## \`pnpm dev\`\n\n${markdownTable(['variable', 'default', 'meaning'], development)}`].join(
    '\n\n',
  );
}

interface Group {
  readonly services: readonly string[];
  readonly shared: Setting[];
}

/** Groups settings by the services that have them alike. Groups of many services come first. */
function groupsOf(settings: Readonly<Record<string, readonly Setting[]>>): readonly Group[] {
  const users = new Map<string, { setting: Setting; services: string[] }>();
  for (const [service, own] of Object.entries(settings)) {
    for (const setting of own) {
      const key = JSON.stringify(setting);
      const entry = users.get(key) ?? { setting, services: [] };
      entry.services.push(service);
      users.set(key, entry);
    }
  }
  const groups = new Map<string, Group>();
  for (const { setting, services } of users.values()) {
    const group = groups.get(services.join()) ?? { services, shared: [] };
    group.shared.push(setting);
    groups.set(services.join(), group);
  }
  return [...groups.values()].sort((one, other) => other.services.length - one.services.length);
}

function titleOf(services: readonly string[], all: readonly string[]): string {
  if (services.length === all.length) return 'Every service';
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(services);
}

function tableOf(settings: readonly Setting[]): string {
  return markdownTable(
    ['setting', 'values', 'default', 'meaning'],
    settings.map(({ name, values, default: usual, meaning }) => [`\`${name}\``, values, usual, meaning]),
  );
}
