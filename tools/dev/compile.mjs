// Compiles the services and the launcher of pnpm dev into node_modules/.cache, where something has changed since the last
// time. Plain JavaScript, since it runs before anything is compiled. Neither the tests nor production use it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const keptMs = 24 * 3600 * 1000;

/**
 * Creates the function that compiles what has changed. The result is the compiled file of `dev` and of each service by
 * name, or the errors as text, one a line. Concurrent calls share one run.
 */
export function createCompile(root = fileURLToPath(new URL('../..', import.meta.url))) {
  const place = { root, cache: join(root, 'node_modules/.cache/dev') };
  let running;
  return function compile() {
    running ??= compileOnce(place).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function compileOnce(place) {
  const known = readManifest(place);
  if (known !== undefined) return { files: known.files };
  // Loaded only here: most starts find everything compiled.
  const { build, stop } = await import('esbuild');
  try {
    return { files: write(await build(options(place)), place) };
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    return { errors: error.errors.map(inWords) };
  } finally {
    // Ends esbuild's process, which would otherwise keep all sources in memory for the next change.
    await stop();
  }
}

function options({ root, cache }) {
  const services = readdirSync(join(root, 'apps')).filter((name) =>
    existsSync(join(root, 'apps', name, 'src/main.ts')),
  );
  return {
    absWorkingDir: root,
    entryPoints: {
      dev: 'tools/dev/src/dev.ts',
      ...Object.fromEntries(services.map((name) => [name, `apps/${name}/src/main.ts`])),
    },
    outdir: cache,
    outExtension: { '.js': '.mjs' },
    // Named by their content, so that a file that a running service loads later is never overwritten.
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    conditions: ['@auth/source'],
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: 'silent',
    external: ['pg-native'],
    banner: { js: commonJsNames },
    plugins: [ownSources, installedPackages, queryCompiler],
  };
}

/** Defines the names that bundled CommonJS packages expect. */
const commonJsNames = `import { createRequire as makeRequire } from 'node:module'; import { fileURLToPath as toPath } from 'node:url';
const require = makeRequire(import.meta.url), __filename = toPath(import.meta.url), __dirname = toPath(new URL('.', import.meta.url));`;

/** Writes the source's `import.meta.url` into the compiled file, since sources use it to find files beside them. */
const ownSources = {
  name: 'own sources',
  setup(build) {
    build.onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

const installedPackages = {
  name: 'installed packages',
  setup(build) {
    // Finds its native part by its own path.
    build.onResolve({ filter: /^bcrypt$/ }, ({ path, importer }) => ({
      path: pathToFileURL(createRequire(importer).resolve(path)).href,
      external: true,
    }));
  },
};

/** Prisma's query compiler is 4.6 million characters of base64, which Node would parse at each start. */
const queryCompiler = {
  name: 'query compiler',
  setup(build) {
    build.onResolve({ filter: /\.wasm-base64\.m?js$/, namespace: 'file' }, ({ path, importer }) => ({
      path: createRequire(importer).resolve(path),
      namespace: 'base64',
    }));
    build.onLoad({ filter: /.*/, namespace: 'base64' }, ({ path }) => ({
      contents: `import file from ${JSON.stringify(`wasm:${path}`)}; import { readFileSync } from 'node:fs';
        export const wasm = readFileSync(new URL(file, import.meta.url));`,
    }));
    build.onResolve({ filter: /^wasm:/, namespace: 'base64' }, ({ path }) => ({
      path: path.slice('wasm:'.length),
      namespace: 'wasm',
    }));
    build.onLoad({ filter: /.*/, namespace: 'wasm' }, async ({ path }) => {
      const { wasm } = await import(pathToFileURL(path).href);
      return { contents: Buffer.from(wasm, 'base64'), loader: 'file' };
    });
  },
};

function write({ outputFiles, metafile }, place) {
  const { root, cache } = place;
  mkdirSync(cache, { recursive: true });
  for (const { path, contents } of outputFiles) if (!existsSync(path)) put(path, contents);
  const files = {};
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined && basename(path).endsWith('.mjs') && !basename(path).startsWith('chunk-'))
      files[basename(path).slice(0, -'-12345678.mjs'.length)] = join(root, path);
  }
  const inputs = Object.keys(metafile.inputs).filter((path) => !/node_modules|:/.test(path));
  const marks = Object.fromEntries(inputs.map((path) => [path, markOf(join(root, path))]));
  put(manifestOf(place), JSON.stringify({ key: keyOf(place), files, marks }));
  removeOld(new Set([...outputFiles.map(({ path }) => basename(path)), basename(manifestOf(place))]), cache);
  return files;
}

/** Another pnpm dev may read the file at the same time. */
function put(path, contents) {
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}

function removeOld(current, cache) {
  for (const name of readdirSync(cache)) {
    if (current.has(name)) continue;
    if (Date.now() - statSync(join(cache, name)).mtimeMs > keptMs) rmSync(join(cache, name), { force: true });
  }
}

/** Returns the last result, unless a source, an installed package or this file has changed since. */
function readManifest(place) {
  try {
    const manifest = JSON.parse(readFileSync(manifestOf(place), 'utf8'));
    const marks = Object.entries(manifest.marks);
    const isFresh =
      manifest.key === keyOf(place) && marks.every(([path, mark]) => markOf(join(place.root, path)) === mark);
    return isFresh && Object.values(manifest.files).every(existsSync) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

const manifestOf = ({ cache }) => join(cache, 'manifest.json');

function keyOf({ root }) {
  const hash = createHash('sha256').update(process.version);
  for (const file of [fileURLToPath(import.meta.url), join(root, 'pnpm-lock.yaml')]) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function markOf(path) {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
}

function inWords({ text, location }) {
  if (location === null) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
