import { stderr } from 'node:process';
import { describe } from '@jest/globals';
import { findChromium, howToGetChromium } from './chromium.ts';

/** A `describe` for what needs a Chromium, given its path. Where there is none the tests are skipped, and that is said. */
export function describeInChromium(name: string, tests: (executablePath: string) => void): void {
  const executablePath = findChromium();
  if (executablePath !== undefined) {
    describe(name, () => tests(executablePath));
    return;
  }
  const skipped = `${name} (SKIPPED, no Chromium is here: ${howToGetChromium})`;
  // Jest shows the names of skipped tests only when it is asked to.
  stderr.write(`${skipped}\n`);
  describe.skip(skipped, () => tests(''));
}
