// pnpm drill [name …]: what must go well on a bad day, rehearsed on the real processes. Exits 1 when it does not.
import { startCommand } from '@auth/command';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { outageDrill } from './outage.ts';
import { revokeDrill } from './revoke.ts';
import { rotationDrill } from './rotation.ts';

const drills: Readonly<Record<string, (tell: Tell) => Promise<DrillOutcome>>> = {
  rotation: rotationDrill,
  revoke: revokeDrill,
  outage: outageDrill,
};

const { words } = startCommand({
  name: 'pnpm drill',
  summary: 'Rehearses what must go well on a bad day, on real processes. Exits 1 when it does not.',
  arguments: ['[<drill>]…'],
  notes: [`Drills: ${Object.keys(drills).join(', ')}. All of them unless named.`],
});
const names = words.length > 0 ? words : Object.keys(drills);
const unknown = names.find((name) => !Object.hasOwn(drills, name));
if (unknown !== undefined) {
  process.stderr.write(
    `there is no drill ${unknown}: there are ${Object.keys(drills).join(', ')} (help: pnpm drill --help)\n`,
  );
  process.exit(64);
}
const say = (line: string) => process.stdout.write(`${line}\n`);
const outcomes: boolean[] = [];
for (const name of names) {
  const drill = drills[name];
  if (drill === undefined) continue;
  say(`== drill ${name}`);
  const { passed } = await drill((line) => say(`   ${line}`));
  say(`== drill ${name}: ${passed ? 'passed' : 'FAILED'}`);
  outcomes.push(passed);
}
const passed = outcomes.filter(Boolean).length;
say(`${passed} passed, ${outcomes.length - passed} failed`);
process.exitCode = passed === outcomes.length ? 0 : 1;
