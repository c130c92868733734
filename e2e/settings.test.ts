import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { apps } from '@auth/contracts';
import { repositoryRoot } from '@auth/dev';
import { describe, expect, it } from '@jest/globals';

const isTest = /\.(?:test|fixture)\.ts$|\/testing\//;

/** The sources that a running service may load. */
function readSources(): ReadonlyMap<string, string> {
  const rooms = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(join(repositoryRoot, folder)).map((name) => join(repositoryRoot, folder, name, 'src')),
  );
  const files = [...rooms, join(repositoryRoot, 'prisma/src')].flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const sources = files.filter((file) => !isTest.test(file));
  return new Map(sources.map((file) => [relative(repositoryRoot, file), codeOf(readFileSync(file, 'utf8'))]));
}

/** A source without its comments. */
const codeOf = (source: string) => source.replace(/\/\*.*?\*\//gs, '').replace(/(?<!:)\/\/.*$/gm, '');

/** The only places that may name the environment, and what they may do with it. */
const places: Readonly<Record<string, RegExp>> = {
  // The entry of a service hands it to the schema, and nothing else.
  'apps/[a-z-]+/src/main.ts': /^(?:await runService\(.*, async \(env\) => \{|const config = parseConfig\(env\);)$/,
  'apps/[a-z-]+/src/config.ts':
    /^(?:export function parseConfig\(env: NodeJS\.ProcessEnv\) \{|const settings = readConfig\(Settings, env\);)$/,
  'packages/http/src/config/config.ts': /env: NodeJS\.ProcessEnv|Object\.entries\(env\)/,
  'packages/http/src/server/serve.ts':
    /^(?:start: \(env: NodeJS\.ProcessEnv\) => Promise<Service>,|const service = await start\(proc\.env\);)$/,
  // Express's own setting of that name.
  'packages/http/src/server/create-app.ts': /^app\.set\('env', 'production'\);$/,
  // Commands, which no service loads.
  'apps/user/src/accounts-command.ts': /./,
  'packages/command/src/.*': /./,
  'prisma/src/deploy.ts': /./,
};

describe('the environment', () => {
  it('is read by a running service through its schema alone', () => {
    const strays = [...readSources()].flatMap(([file, code]) => {
      const allowed = Object.entries(places).find(([place]) => new RegExp(`^${place}$`).test(file))?.[1];
      const lines = code.split('\n').filter((line) => /\benv\b/i.test(line));
      return lines.filter((line) => allowed?.test(line.trim()) !== true).map((line) => `${file}: ${line.trim()}`);
    });
    expect(strays).toEqual([]);
  });

  const compose = readFileSync(join(repositoryRoot, 'compose.yaml'), 'utf8');
  const composed = [...compose.matchAll(/^ {2}([a-z-]+):\n {4}<<: \*service\n {4}build:/gm)].map(
    ([, name = '']) => name,
  );

  it('of compose.yaml is that of apps, user and gateway among them', () => {
    expect(composed).toEqual(expect.arrayContaining(['user', 'gateway']));
    expect(apps).toEqual(expect.arrayContaining(composed));
  });

  it.each(composed)('of %s in compose.yaml has only settings of its schema', async (service) => {
    const { Settings } = await import(`../apps/${service}/src/config.ts`);
    const [, block = ''] = new RegExp(`^  ${service}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(compose) ?? [];
    const names = [...block.matchAll(/^ {6}([A-Z][A-Z0-9_]*):/gm)].map(([, name = '']) => name);
    expect(names).toEqual(expect.arrayContaining(['PORT', 'AUTH_KEYS_FILE']));
    expect(names.includes('DATABASE_URL')).toBe('DATABASE_URL' in Settings.shape);
    expect(names.filter((name) => !Object.hasOwn(Settings.shape, name))).toEqual([]);
  });
});
