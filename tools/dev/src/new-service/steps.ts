import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';

/** A command that completes a new service, and what it is for. */
export interface Step {
  readonly does: string;
  /** The first word is `node`, `pnpm` or a program. */
  readonly command: readonly string[];
}

/** Runs a step in a folder. @returns what the command printed, when it failed */
export type RunStep = (step: Step, root: string) => string | undefined;

// Biome needs no repository of git, since it gets the paths.
const biome = ['node', 'tools/run.mjs', 'check', 'biome'];
const write = ['--write', '--vcs-enabled=false'];
const fromSource = ['node', '--import', 'tsx', '--conditions=@auth/source'];

/** The commands that complete a service whose files are written, in this order. */
export function stepsOf(name: string): readonly Step[] {
  const written = [`apps/${name}`, 'packages/contracts/src/services.ts', 'packages/contracts/src/operations.ts'];
  return [
    { does: 'link its packages', command: ['pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile'] },
    {
      does: 'remove its unused imports',
      // Biome calls this fix unsafe, since a module may have effects when it loads: no module of the template has.
      command: [...biome, 'lint', ...write, '--unsafe', '--only=correctness/noUnusedImports', `apps/${name}`],
    },
    { does: 'format it', command: [...biome, 'check', ...write, ...written] },
    { does: 'write its borders', command: ['node', 'tools/dev/borders/write.mjs'] },
    { does: 'draw docs/calls.md', command: [...fromSource, 'tools/ops/src/calls/cli.ts', 'graph'] },
    { does: 'write its pages', command: [...fromSource, 'tools/dev/pages/pages.ts'] },
    { does: 'make its keys', command: [...fromSource, 'tools/ops/src/keys/cli/main.ts', 'init'] },
  ];
}

/** The files that the steps change, besides those of the service. */
export const changedBySteps = [
  'pnpm-lock.yaml',
  'biome.boundaries.json',
  ...['calls', 'commands', 'configuration', 'rest'].map((page) => `docs/${page}.md`),
];

/** Runs a step as a process. */
export const runStep: RunStep = ({ command: [program = '', ...args] }, cwd) => {
  const options = { cwd, encoding: 'utf8' } as const;
  let result = spawnSync(program === 'node' ? execPath : program, args, options);
  // A script that pnpm runs finds pnpm in the PATH; a person may have npm alone.
  const isMissing = result.error !== undefined && 'code' in result.error && result.error.code === 'ENOENT';
  if (isMissing && program === 'pnpm') result = spawnSync('npx', ['-y', 'pnpm', ...args], options);
  return result.status === 0 ? undefined : `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
};
