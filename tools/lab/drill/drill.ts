// pnpm drill [name …]: rehearses failures on the real processes.
import { defineCommand, runHere } from '@auth/command';
import { labCommands } from '../commands.ts';
import type { Drill } from './context.ts';
import { outageDrill } from './outage.ts';
import { revokeDrill } from './revoke.ts';
import { rotationDrill } from './rotation.ts';

const drills: Readonly<Record<string, Drill>> = { rotation: rotationDrill, revoke: revokeDrill, outage: outageDrill };

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
      const passed = await rehearse({
        portBase: variables.PORT_BASE,
        outageSeconds: Number(variables.OUTAGE_SECONDS),
        print: (line) => print(`   ${line}`),
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
