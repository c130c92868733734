// Generates the Prisma clients into prisma/generated/. Runs before dev, test and typecheck, so it does nothing, and says
// nothing, as long as neither a schema nor Prisma has changed. Plain JavaScript: it runs before anything is set up.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [first] = process.argv.slice(2);
if (first !== undefined) {
  const isHelp = first === '--help' || first === '-h';
  if (isHelp) process.stdout.write('usage: pnpm db:generate\n\nGenerates the Prisma clients of the services.\n');
  else process.stderr.write(`unexpected argument ${JSON.stringify(first)} (help: pnpm db:generate --help)\n`);
  process.exit(isHelp ? 0 : 64);
}

const here = fileURLToPath(new URL('.', import.meta.url));
const prisma = createRequire(import.meta.url).resolve('prisma/package.json');
const { version } = JSON.parse(readFileSync(prisma, 'utf8'));
const env = {
  ...process.env,
  // Generating needs no schema engine. The name of any file stops Prisma from downloading one.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
};

const services = readdirSync(here).filter((name) => existsSync(`${here}${name}/schema.prisma`));
const results = await Promise.all(services.map(generate));
process.exitCode = results.every(Boolean) ? 0 : 1;

async function generate(service) {
  const stamp = `${here}generated/${service}/.stamp`;
  const key = createHash('sha256')
    .update(version)
    .update(readFileSync(`${here}${service}/schema.prisma`))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return true;
  rmSync(stamp, { force: true });
  const args = [
    prisma.replace('package.json', 'build/index.js'),
    'generate',
    '--config',
    `${service}/prisma.config.ts`,
  ];
  const { code, output } = await run(process.execPath, args);
  if (code === 0) {
    writeFileSync(stamp, key);
    process.stdout.write(`generated the Prisma client of ${service}\n`);
  } else {
    process.stderr.write(`prisma generate failed for prisma/${service}/schema.prisma:\n${output}\n`);
  }
  return code === 0;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: here, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}
