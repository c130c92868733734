import { writeSync } from 'node:fs';

/** Preloaded into each service under `node --watch`, which says that its program failed, but not with which code.
 * The line is written to the same pipe as that message, so it always comes first; the launcher takes it out again. */
process.once('exit', (code) => {
  try {
    writeSync(1, `\u001eexit ${code}\n`);
  } catch {
    // The launcher is gone, or its pipe is full: the code is a nicety.
  }
});
