// pnpm build, pnpm check and pnpm borders: commands that run others one after the other, without arguments. The shell's && would
// pass `--help` to the last of them alone, after the others had run. Plain JavaScript, since it runs before anything is built.
import { spawnSync } from 'node:child_process';
import { plainCommands, readArguments } from './plain-commands.mjs';

const steps = {
  build: [
    [process.execPath, 'prisma/generate.mjs'],
    // Once, before packages are built in parallel.
    [process.execPath, 'tools/run.mjs', 'check'],
    ['pnpm', '-r', 'run', 'build'],
  ],
  borders: [[process.execPath, 'tools/dev/borders/write.mjs']],
  check: ['lint', 'typecheck', 'test'].map((script) => ['pnpm', 'run', script]),
};

const [name, ...args] = process.argv.slice(2);
readArguments(plainCommands[name], args);
for (const [command, ...words] of steps[name]) {
  const { status, error } = spawnSync(command, words, { stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
