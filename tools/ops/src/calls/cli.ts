import { setInterval } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { operations, services } from '@auth/contracts';
import { runCalls } from './commands.ts';

process.exitCode = await runCalls(process.argv.slice(2), {
  map: { services, operations },
  env: process.env,
  document: fileURLToPath(new URL('../../../../docs/calls.md', import.meta.url)),
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  ticks: () => setInterval(2000),
  separator: process.stdout.isTTY ? '\u001b[H\u001b[2J' : '',
});
