// pnpm drill [name …]: what must go well on a bad day, rehearsed on the real processes. Exits 1 when it does not.
import { argv } from 'node:process';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { outageDrill } from './outage.ts';
import { revokeDrill } from './revoke.ts';
import { rotationDrill } from './rotation.ts';

const drills: Readonly<Record<string, (tell: Tell) => Promise<DrillOutcome>>> = {
  rotation: rotationDrill,
  revoke: revokeDrill,
  outage: outageDrill,
};

const names = argv.length > 2 ? argv.slice(2) : Object.keys(drills);
const say = (line: string) => process.stdout.write(`${line}\n`);
const outcomes: boolean[] = [];
for (const name of names) {
  const drill = Object.hasOwn(drills, name) ? drills[name] : undefined;
  if (drill === undefined) {
    process.stderr.write(`there is no drill ${name}: there are ${Object.keys(drills).join(', ')}\n`);
    process.exit(64);
  }
  say(`== drill ${name}`);
  const { passed } = await drill((line) => say(`   ${line}`));
  say(`== drill ${name}: ${passed ? 'passed' : 'FAILED'}`);
  outcomes.push(passed);
}
const passed = outcomes.filter(Boolean).length;
say(`${passed} passed, ${outcomes.length - passed} failed`);
process.exitCode = passed === outcomes.length ? 0 : 1;
