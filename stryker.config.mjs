import { fileURLToPath } from 'node:url';

const failFast = fileURLToPath(new URL('./packages/verify/test/mutation/fail-fast-environment.cjs', import.meta.url));

/** Mutation testing of @auth/verify: docs/mutation-testing.md says how and why. */
export default {
  // All that decides on a token; `testing` makes tokens for tests, and the tests of `jwks` wait for real servers that are
  // slow on purpose: each of its mutants would take a minute.
  mutate: ['packages/verify/src/**/*.ts', '!**/*.test.ts', '!packages/verify/src/{testing,jwks}/**'],
  thresholds: { high: 97, low: 95, break: 90 },
  concurrency: 2,
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000,
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.ts',
    // All tests are one file here, so there are no related ones to find.
    enableFindRelatedTests: false,
    config: {
      roots: ['<rootDir>/packages/verify'],
      testMatch: ['**/test/mutation/all-tests.ts'],
      testEnvironment: failFast,
      // Jest's own: ours is not among what a mutant is copied with.
      runtime: 'jest-runtime',
      // A mutant that never answers fails its test; Stryker's own timeout is for one that never stops.
      testTimeout: 5000,
      // No test of this package needs the database of the run. `undefined` would not reach the workers.
      globalSetup: null,
      globalTeardown: null,
    },
  },
  // Stryker reads tsconfig.json with the API of TypeScript 6, which TypeScript 7 does not have.
  tsconfigFile: 'none',
  packageManager: 'pnpm',
  // Not found by itself in the node_modules of pnpm.
  plugins: ['@stryker-mutator/jest-runner'],
  // What a mutant is copied with. Nothing here imports another package of the workspace, which would be the real one.
  // A test runs the examples of docs/issuers.md.
  ignorePatterns: ['**', '!jest.config.ts', '!package.json', '!docs/issuers.md', '!packages/verify/{src,test}/**'],
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, allowColor: false, reportTests: false, reportMutants: false },
};
