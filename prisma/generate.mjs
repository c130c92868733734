// Generates the Prisma clients into prisma/generated/. It runs before dev, test and typecheck, and does nothing while schemas and
// Prisma are unchanged. The generator is called as Prisma's command line calls it, which is not installed: it is 214 MB. Plain
// JavaScript, since it runs before anything is built.
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

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL('.', import.meta.url));
/** Changes with every version of the generator, and with this file. */
const program = ['node_modules/@prisma/client-generator-ts/package.json', 'generate.mjs'].map(read);

for (const service of readdirSync(here).filter((name) => existsSync(`${here}${name}/schema.prisma`))) {
  try {
    await generate(service);
  } catch (error) {
    process.stderr.write(`prisma/${service}/schema.prisma: the client cannot be generated:\n${error.message}\n`);
    process.exitCode = 1;
  }
}

async function generate(service) {
  const schema = `${service}/schema.prisma`;
  const stamp = `${here}generated/${service}/.stamp`;
  const hash = createHash('sha256');
  for (const part of [...program, read(schema)]) hash.update(part);
  const key = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  rmSync(stamp, { force: true });
  // Their ES modules do not load in Node.
  const { getGenerators, loadSchemaContext } = require('@prisma/internals');
  const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts');
  const [generator] = await getGenerators({
    schemaContext: await loadSchemaContext({
      schemaPath: { cliProvidedPath: `${here}${schema}` },
      printLoadMessage: false,
    }),
    registry: { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } },
    // The generated client contains its query compiler as WebAssembly, so no engine is downloaded.
    skipDownload: true,
  });
  await generator.generate();
  writeFileSync(stamp, key);
  process.stdout.write(`generated the Prisma client of ${service}\n`);
}

function read(path) {
  return readFileSync(`${here}${path}`);
}
