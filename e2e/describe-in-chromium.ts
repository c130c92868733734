import { stderr } from 'node:process';
import { describe } from '@jest/globals';
import { findChromium, howToGetChromium } from './chromium.ts';

/** A `describe` for tests with a Chromium, whose path they get. Without one the tests are skipped, which is reported. */
export function describeInChromium(name: string, tests: (executablePath: string) => void): void {
  const executablePath = findChromium();
  if (executablePath !== undefined) {
    describe(name, () => tests(executablePath));
    return;
  }
  const skipped = `${name} (SKIPPED, no Chromium is here: ${howToGetChromium})`;
  // Jest prints the names of skipped tests only in verbose mode.
  stderr.write(`${skipped}\n`);
  describe.skip(skipped, () => tests(''));
}
