import { env } from 'node:process';
import { generateRunKey, ISSUER_KEY, OTHER_KEY } from './run-issuer.ts';
import { openRunRedis } from './test-redis.ts';
import { openTestRun, type TestRun } from './test-run.ts';
import { PREFIX, SERVER_URL } from './test-server.ts';

declare global {
  /** Passed from Jest's setup to its teardown, which are separate modules of one process. */
  var testRun: TestRun | undefined;
  var testRedis: Awaited<ReturnType<typeof openRunRedis>>;
}

/** Jest's `globalSetup`: runs once, before the first test. */
// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function setup(): Promise<void> {
  const run = await openTestRun(env[SERVER_URL]);
  globalThis.testRun = run;
  globalThis.testRedis = await openRunRedis();
  env[SERVER_URL] = run.url;
  env[PREFIX] = run.prefix;
  env[ISSUER_KEY] = generateRunKey();
  env[OTHER_KEY] = generateRunKey();
}
