import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/**
 * All tests of the package as one file, for mutation testing alone: Express, zod and the keys of the issuer are then
 * loaded and made once per mutant, not once per file, which makes it many times faster.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

// The unit tests come first: they fail fastest.
for (const folder of ['src', 'src/client', 'src/express', 'src/http', 'src/issuer', 'src/node', 'src/presets', 'test']) {
  for (const name of readdirSync(join(root, folder)).filter(isQuickTest)) {
    describe(`${folder}/${name}`, () => {
      require(join(root, folder, name));
    });
  }
}

function isQuickTest(name: string): boolean {
  return name.endsWith('.test.ts') && !name.endsWith('.slow.test.ts');
}
