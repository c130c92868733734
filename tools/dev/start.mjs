// pnpm start <service>: runs a built service as production does, from dist/ with plain node and the environment alone.
// Plain JavaScript without packages, so that it runs in any built checkout.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { env as environment } from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from './node-options.mjs';

/** The time in which two SIGINTs count as one Ctrl-C: npm and pnpm may forward what the terminal has sent to all processes. */
const sameKeyPressMs = 400;
const usage = 'pnpm start <service>';

const apps = fileURLToPath(new URL('../../apps/', import.meta.url));
const services = readdirSync(apps).filter((name) => existsSync(`${apps}${name}/package.json`));
const args = process.argv.slice(2);
if (args.some((arg) => arg === '--help' || arg === '-h')) {
  const summary = `Runs a built service as production does. Services: ${services.join(', ')}.`;
  process.stdout.write(
    `usage: ${usage}\n\n${summary}\n\noptions:\n  --help, -h  print this\n\nSettings come from the environment: docs/configuration.md lists them.\n`,
  );
  process.exit(0);
}
const [name = '', ...more] = args;
const main = `${apps}${name}/dist/main.js`;
const problem = problemOf();
if (problem !== undefined) {
  process.stderr.write(`${problem} (usage: ${usage}; help: pnpm start --help)\n`);
  process.exit(64);
}

function problemOf() {
  const option = args.find((arg) => arg.startsWith('-'));
  if (option !== undefined) return `unknown option ${JSON.stringify(option)}`;
  if (more.length > 0) return `unexpected argument ${JSON.stringify(more[0])}`;
  if (name === '') return 'a service is missing';
  if (!services.includes(name)) return `there is no service ${JSON.stringify(name)}: there are ${services.join(', ')}`;
  return existsSync(main) ? undefined : `${name} is not built: pnpm build`;
}

// Its own process group: a Ctrl-C in the terminal would reach it twice, and a second signal ends it without draining.
const env = { ...environment, NODE_OPTIONS: nodeOptions(environment) };
const service = spawn(process.execPath, [main], { env, stdio: 'inherit', detached: true });
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
