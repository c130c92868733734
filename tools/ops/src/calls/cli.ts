import { setInterval } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runHere } from '@auth/command';
import { operations, services } from '@auth/contracts';
import { createCallsCommand } from './commands.ts';

await runHere(
  createCallsCommand({
    map: { services, operations },
    document: fileURLToPath(new URL('../../../../docs/calls.md', import.meta.url)),
    ticks: () => setInterval(2000),
    separator: process.stdout.isTTY ? '\u001b[H\u001b[2J' : '',
  }),
);
