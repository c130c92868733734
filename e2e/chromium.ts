import { existsSync } from 'node:fs';
import { env } from 'node:process';

/** The paths of Chromium or Chrome on common systems. Without Ubuntu's `chromium-browser`, which only requests a snap. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Advice for the report that a test was skipped. */
export const howToGetChromium =
  'install one (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to the one that is there';

/** Finds the path of an installed Chromium: that in CHROMIUM_PATH, otherwise one of the system. */
export function findChromium(candidates = [env['CHROMIUM_PATH'], ...installed]): string | undefined {
  return candidates.find((path) => path !== undefined && existsSync(path));
}
