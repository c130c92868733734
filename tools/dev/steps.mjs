// pnpm build, pnpm check and pnpm borders: commands that run others one after the other, without arguments. The shell's && would
// pass `--help` to the last of them alone, after the others had run. Plain JavaScript, since it runs before anything is built.
import { spawnSync } from 'node:child_process';

const commands = {
  build: {
    summary: 'Compiles every package and service to dist/.',
    steps: [
      [process.execPath, 'prisma/generate.mjs'],
      // Once, before packages are built in parallel.
      [process.execPath, 'tools/run.mjs', 'check'],
      ['pnpm', '-r', 'run', 'build'],
    ],
  },
  borders: {
    summary: 'Writes biome.boundaries.json from tools/dev/borders.',
    steps: [[process.execPath, 'tools/dev/borders/write.mjs']],
  },
  check: {
    summary: 'Checks format, lint, import arrows and types, and runs the tests.',
    steps: ['lint', 'typecheck', 'test'].map((script) => ['pnpm', 'run', script]),
  },
};

const [name, ...args] = process.argv.slice(2);
const { summary, steps } = commands[name];
if (args.some((arg) => arg === '--help' || arg === '-h')) {
  process.stdout.write(`usage: pnpm ${name}\n\n${summary}\n\noptions:\n  --help, -h  print this\n`);
  process.exit(0);
}
if (args.length > 0) {
  const what = args[0].startsWith('-') ? 'unknown option' : 'unexpected argument';
  process.stderr.write(`${what} ${JSON.stringify(args[0])} (usage: pnpm ${name}; help: pnpm ${name} --help)\n`);
  process.exit(64);
}
for (const [command, ...words] of steps) {
  const { status, error } = spawnSync(command, words, { stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
