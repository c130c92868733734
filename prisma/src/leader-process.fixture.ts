import { openLeader } from './leader.ts';

/** Leads when it can, and says so: `leader-process.fixture.ts <url> <duty>`. */
const [url = '', duty = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

openLeader({
  ...{ url, duty, channel: 'none' },
  onError: () => undefined,
  async lead(term) {
    say(`leads ${term.number}`);
    let lookedAt = performance.now();
    while (!term.signal.aborted) {
      // The first thing that it does after it was stopped.
      if (performance.now() - lookedAt > 5000) say(`woke up, held: ${term.isHeld()}`);
      lookedAt = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      await term.wait(10);
    }
    say(`over ${term.number}`);
  },
});
