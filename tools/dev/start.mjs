// pnpm start <service>: runs a built service as production does, from dist/ with plain node and the environment alone.
// Plain JavaScript without packages, so that it runs in any built checkout.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { env as environment } from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from './node-options.mjs';
import { plainCommands, readArguments, services } from './plain-commands.mjs';

/** The time in which two SIGINTs count as one Ctrl-C: npm and pnpm may forward what the terminal has sent to all processes. */
const sameKeyPressMs = 400;
const mainOf = (name) => fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
const [name] = readArguments(plainCommands.start, process.argv.slice(2), ([service]) => {
  if (service === undefined) return 'a service is missing';
  if (!services.includes(service))
    return `there is no service ${JSON.stringify(service)}: there are ${services.join(', ')}`;
  return existsSync(mainOf(service)) ? undefined : `${service} is not built: pnpm build`;
});

// Its own process group: a Ctrl-C in the terminal would reach it twice, and a second signal ends it without draining.
const env = { ...environment, NODE_OPTIONS: nodeOptions(environment) };
const service = spawn(process.execPath, [mainOf(name)], { env, stdio: 'inherit', detached: true });
let last = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const isRepeated = performance.now() - last < sameKeyPressMs;
    last = performance.now();
    // A closed terminal has the same effect as SIGTERM.
    if (!isRepeated) service.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}
service.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
