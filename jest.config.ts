/** @jest-config-loader esbuild-register */
// The line above is for Node 20, which cannot read a TypeScript config by itself. It has to be the first one.
import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

const config: Config = {
  // A worker loads the modules of services once, and all its test files use them.
  runtime: '<rootDir>/tools/testkit/src/runtime.ts',
  testEnvironment: '<rootDir>/tools/testkit/src/test-environment.ts',
  // Workspace packages resolve to their TypeScript source: nothing has to be built before a test.
  testEnvironmentOptions: { customExportConditions: ['@auth/source', 'node', 'node-addons'] },
  roots: ['apps', 'packages', 'prisma', 'tools', 'e2e'].map((name) => `<rootDir>/${name}`),
  // What starts many processes, or packs, or kills, is a run of its own: pnpm test:slow.
  testMatch: [process.env['SLOW_TESTS'] === undefined ? '**/!(*.slow).test.ts' : '**/*.slow.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  transform: {
    '\\.ts$|/schema-engine-wasm/.+\\.js$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Prisma's schema engine is published as ES modules only; Jest requires CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!.*schema-engine-wasm)'],
  // Prisma's client loads its query compiler from .mjs files; each has a CommonJS twin.
  moduleNameMapper: {
    '^(@prisma/client/runtime/query_compiler_.*)\\.mjs$': '$1.js',
    // Slow tests alone load it.
    '^playwright-core$': '<rootDir>/tools/check/node_modules/playwright-core',
  },
  // One throw-away Postgres for the whole run; every test file makes its own database on it.
  globalSetup: '<rootDir>/tools/testkit/src/jest-setup.ts',
  globalTeardown: '<rootDir>/tools/testkit/src/jest-teardown.ts',
  // Many tests wait for processes: one worker more than there are cores keeps the cores busy meanwhile. Slow tests start
  // whole stacks, which are busy enough.
  maxWorkers: availableParallelism() + (process.env['SLOW_TESTS'] === undefined ? 1 : 0),
  // Starting a process or hashing a password is slow on a busy machine; a test that hangs still ends.
  testTimeout: 20_000,
};

export default config;
