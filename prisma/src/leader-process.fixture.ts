import { openLeader } from './leader.ts';

/** A candidate that prints when it leads: `leader-process.fixture.ts <url> <duty>`. */
const [url = '', duty = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

openLeader({
  url,
  duty,
  channel: 'none',
  onError: () => undefined,
  async lead(term) {
    say(`leads ${term.number}`);
    let lookedAt = performance.now();
    // After SIGCONT the first check must see that the lease has expired.
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
