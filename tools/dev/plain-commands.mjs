// The commands that are plain JavaScript, since they run before anything is compiled or installed, and the scripts that pass their
// arguments to another tool. docs/commands.md is written from here, and from the other definitions of commands.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const apps = fileURLToPath(new URL('../../apps/', import.meta.url));
/** The services that `pnpm start` knows. */
export const services = readdirSync(apps).filter((name) => existsSync(`${apps}${name}/package.json`));

/** Each as a `CommandSpec` of @auth/command. */
export const plainCommands = {
  check: { name: 'pnpm check', summary: 'Checks format, lint, import arrows and types, and runs the fast tests.' },
  build: { name: 'pnpm build', summary: 'Compiles every package and service to dist/.' },
  start: {
    name: 'pnpm start',
    summary: `Runs a built service as production does. Services: ${services.join(', ')}.`,
    arguments: ['<service>'],
    notes: ['Settings come from the environment: docs/configuration.md lists them.'],
  },
  borders: { name: 'pnpm borders', summary: 'Writes biome.boundaries.json from tools/dev/borders.' },
  'db:generate': { name: 'pnpm db:generate', summary: 'Generates the Prisma clients of the services.' },
};

/** Scripts that pass their command line to jest, stryker, biome or tsc. */
export const foreignScripts = {
  test: 'Runs the fast tests; `pnpm test apps/order` runs those of a folder.',
  'test:slow': 'Runs all tests, also those that start many processes or tools.',
  'test:mutation':
    'Changes @auth/verify in over a thousand places, one at a time, and reports the changes that no test detects.',
  lint: 'Checks format, lint and import arrows, and that generated files are current.',
  format: 'Formats all files, and fixes what the linter can fix.',
  typecheck: 'Checks the types of the whole repository.',
};

/**
 * Reads the command line of a plain command, which has no options, and returns its arguments. Prints help and exits 0 when help
 * is requested; prints one line and exits 64 when the command line is wrong. `problemOf` checks the arguments.
 */
export function readArguments(
  { name, summary, arguments: expected = [], notes = [] },
  args,
  problemOf = () => undefined,
) {
  const usage = [name, ...expected].join(' ');
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    const lines = [`usage: ${usage}`, '', summary, '', 'options:', '  --help, -h  print this'];
    process.stdout.write(`${[...lines, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')}\n`);
    process.exit(0);
  }
  const problem = wrongArgument(args, expected.length) ?? problemOf(args);
  if (problem === undefined) return args;
  process.stderr.write(`${problem} (usage: ${usage}; help: ${name} --help)\n`);
  return process.exit(64);
}

function wrongArgument(args, most) {
  const option = args.find((arg) => arg.startsWith('-'));
  if (option !== undefined) return `unknown option ${JSON.stringify(option)}`;
  return args.length > most ? `unexpected argument ${JSON.stringify(args[most])}` : undefined;
}
