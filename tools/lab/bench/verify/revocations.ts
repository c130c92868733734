import { randomUUID } from 'node:crypto';
import { startCommand } from '@auth/command';
import { createRevocationTable } from '@auth/verify';
import { labCommands } from '../../commands.ts';

startCommand(labCommands['bench:revocations']);

// What a check costs, and what entries weigh: pnpm bench:revocations
const count = 100_000;
const asked = 1000;
const checks = 1_000_000;
const now = Math.floor(Date.now() / 1000);
const sids = Array.from({ length: count }, newSid);
const others = Array.from({ length: asked }, newSid);

/** As a parser makes one: a text of its own, not pieces that are joined at its first use. */
function newSid(): string {
  return copyOf(randomUUID());
}

function copyOf(sid: string): string {
  return Buffer.from(sid).toString('latin1');
}

function heap(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const before = heap();
const table = createRevocationTable({ now: () => now });
// Of copies: the bytes of the ids themselves count, too.
for (const [index, sid] of sids.entries()) {
  table.put({ sid: copyOf(sid), notBefore: index % 2 === 0 ? 'ended' : now, keepUntil: now + 600 });
}
const bytes = heap() - before;

function nanosecondsPerCheck(ids: readonly string[]): number {
  let revoked = 0;
  const rounds: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    // Time of the processor, not of the clock: what else runs on the machine does not count.
    const start = process.cpuUsage();
    for (let check = 0; check < checks; check += 1) {
      if (table.isRevoked(ids[check % asked] ?? '', now)) revoked += 1;
    }
    rounds.push((process.cpuUsage(start).user * 1000) / checks);
  }
  if (revoked !== 0 && revoked !== rounds.length * checks) throw new Error('the table is wrong');
  return rounds.sort((a, b) => a - b)[4] ?? Number.NaN;
}

const lines = [
  `entries          ${table.size}`,
  `memory           ${(bytes / 1e6).toFixed(1)} MB, ${Math.round(bytes / count)} bytes an entry, its session id included`,
  `check, revoked   ${nanosecondsPerCheck(sids.filter((_sid, index) => index % (count / asked) === 0)).toFixed(0)} ns`,
  `check, others    ${nanosecondsPerCheck(others).toFixed(0)} ns`,
];
process.stdout.write(`${lines.join('\n')}\n`);
