import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, defineCommand } from '@auth/command';
import { services } from '@auth/contracts';
import { devCommands } from '../commands.ts';
import { addToOperations, addToServices, entryOf } from './contract-edits.ts';
import { planService, type ServicePlan } from './plan.ts';
import { renderService } from './render.ts';
import { changedBySteps, type RunStep, stepsOf } from './steps.ts';
import { openWriting } from './writing.ts';

const contracts = 'packages/contracts/src';

/** Creates `pnpm new`. `root` is the folder of the repository. */
export function createNewCommand({ root, runStep }: { readonly root: string; readonly runStep: RunStep }): Command {
  const service = defineCommand({
    ...devCommands.new.commands.service,
    async run({ words: [name], options, print, complain, refuse }) {
      if (name === undefined) return refuse('the name of the service is missing');
      const plan = planService({ name, calls: options.calls.flatMap((ids) => ids.split(/[\s,]+/)) }, { root });
      if (!('name' in plan)) return refuse(plan.join('; '));
      const files = filesOf(plan, root);
      const writing = openWriting(root, { added: `apps/${name}`, changed: [...changedBySteps, ...Object.keys(files)] });
      try {
        writing.write(files);
        for (const step of stepsOf(name)) {
          const failure = runStep(step, root);
          if (failure === undefined) continue;
          writing.undo();
          complain(`${failure.trim()}\nThe step to ${step.does} failed. Nothing was added.`);
          return 1;
        }
      } catch (error) {
        writing.undo();
        throw error;
      }
      return print(report(plan));
    },
  });
  return defineCommand({ ...devCommands.new, commands: { service } });
}

/** Returns the text of every file to be written, by path. */
function filesOf(plan: ServicePlan, root: string): Readonly<Record<string, string>> {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const template = readTemplate(join(root, 'tools/template'));
  const [list, map] = [`${contracts}/services.ts`, `${contracts}/operations.ts`];
  const app = [...renderService(template, plan)].map(([path, text]) => [`apps/${plan.name}/${path}`, text] as const);
  return {
    ...Object.fromEntries(app),
    [list]: addToServices(read(list), plan),
    [map]: addToOperations(read(map), plan, entryOf(template.get('src/contracts.ts') ?? '')),
  };
}

function readTemplate(folder: string): ReadonlyMap<string, string> {
  const sources = ['src', 'test'].flatMap((room) => readdirSync(join(folder, room)).map((file) => `${room}/${file}`));
  const paths = ['package.json', 'tsconfig.build.json', ...sources];
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function report({ name, calls }: ServicePlan): string {
  const url = `http://127.0.0.1:${4001 + services.length}`;
  const called = calls.map(({ id }) => id).join(', ');
  const reads = calls.filter(({ operation: { method, request } }) => method === 'GET' && !request.query);
  const admin = `-H "$(npx -y pnpm -s keys token --user admin)"`;
  return [
    `added    apps/${name}: the app and its tests`,
    `changed  ${contracts}/services.ts: its name`,
    `changed  ${contracts}/operations.ts: ${name}:things.read${called && `, and ${name} as a caller of ${called}`}`,
    'written  pnpm-lock.yaml, and the pages of docs that follow from the contracts',
    `made     its keys, which git ignores`,
    '',
    'next:',
    `  npx -y pnpm test apps/${name}`,
    '  npx -y pnpm dev, and in another terminal:',
    `  curl ${url}/things/019b0000-0000-7000-8000-0000000000a1 ${admin}`,
    ...reads.map(
      ({ callee, operation: { path } }) => `  curl ${url}${path.replace('/internal', `/${callee}`)} ${admin}`,
    ),
    '  docs/add-a-service.md: what to change first',
  ].join('\n');
}
