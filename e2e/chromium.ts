import { existsSync } from 'node:fs';
import { env } from 'node:process';

/** Where systems install Chromium or its twin. Ubuntu's `chromium-browser` is missing: it only asks for a snap. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** For whoever reads that a test was skipped. */
export const howToGetChromium =
  'install one (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to the one that is there';

/** Path of a Chromium that is there: the one at CHROMIUM_PATH, else one of the system. */
export function findChromium(candidates = [env['CHROMIUM_PATH'], ...installed]): string | undefined {
  return candidates.find((path) => path !== undefined && existsSync(path));
}
