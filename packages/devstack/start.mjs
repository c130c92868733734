// pnpm start <service>: runs a built service as production does, from dist/ with plain node and the environment alone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** npm and pnpm may pass on a Ctrl-C that the terminal has sent to us already: so close together it is one. */
const sameKeyPressMs = 400;

const [name = ''] = process.argv.slice(2);
const main = fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
if (!/^[a-z-]+$/.test(name) || !existsSync(main)) {
  process.stderr.write(`${name === '' ? 'usage: pnpm start <service>' : `${name} is not built: pnpm build`}\n`);
  process.exit(64);
}
// A group of its own: a Ctrl-C in the terminal would reach it twice, and a second signal ends it without draining.
const service = spawn(process.execPath, [main], { stdio: 'inherit', detached: true });
let last = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const isRepeated = performance.now() - last < sameKeyPressMs;
    last = performance.now();
    // A closed terminal asks for the same as SIGTERM.
    if (!isRepeated) service.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}
service.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
