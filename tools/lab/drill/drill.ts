// pnpm drill [name …]: what must go well on a bad day, rehearsed on the real processes.
import { defineCommand, runHere } from '@auth/command';
import { labCommands } from '../commands.ts';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { outageDrill } from './outage.ts';
import { revokeDrill } from './revoke.ts';
import { rotationDrill } from './rotation.ts';

const drills: Readonly<
  Record<string, (tell: Tell, options: { readonly outageSeconds: number }) => Promise<DrillOutcome>>
> = {
  rotation: rotationDrill,
  revoke: revokeDrill,
  outage: outageDrill,
};

const drill = defineCommand({
  ...labCommands.drill,
  async run({ words, variables, print, refuse }) {
    const unknown = words.find((name) => !Object.hasOwn(drills, name));
    if (unknown !== undefined)
      refuse(`there is no drill ${JSON.stringify(unknown)}: there are ${Object.keys(drills).join(', ')}`);
    const outcomes: boolean[] = [];
    for (const [name, rehearse] of Object.entries(drills)) {
      if (words.length > 0 && !words.includes(name)) continue;
      print(`== drill ${name}`);
      const { passed } = await rehearse((line) => print(`   ${line}`), {
        outageSeconds: Number(variables.OUTAGE_SECONDS),
      });
      print(`== drill ${name}: ${passed ? 'passed' : 'FAILED'}`);
      outcomes.push(passed);
    }
    const passed = outcomes.filter(Boolean).length;
    print(`${passed} passed, ${outcomes.length - passed} failed`);
    return passed === outcomes.length ? 0 : 1;
  },
});

await runHere(drill);
