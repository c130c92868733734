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
    // The first thing that it does after it was stopped: it looks whether it still leads.
    const look = () => {
      if (performance.now() - lookedAt > 5000) say(`woke up, held: ${term.isHeld()}`);
      lookedAt = performance.now();
    };
    while (!term.signal.aborted) {
      look();
      await term.wait(10);
    }
    look();
    say(`over ${term.number}`);
  },
});
