/** The facts that the setup of a test run passes to the test processes, through the environment. */
export interface TestServer {
  /** URL of the server's database `postgres`. */
  readonly url: string;
  /** Begins the name of every database of this run, so that runs can share a server. */
  readonly prefix: string;
}

/** The variables with the facts of a run. `TEST_DATABASE_URL` may also be set by hand, to test on another Postgres. */
export const SERVER_URL = 'TEST_DATABASE_URL';
/** Set by the setup of the run only. */
export const PREFIX = 'TEST_DATABASE_PREFIX';

/** @throws Error outside a test run that was set up. */
export function readTestServer(env: NodeJS.ProcessEnv): TestServer {
  const [url, prefix] = [env[SERVER_URL], env[PREFIX]];
  if (url === undefined || prefix === undefined) throw new Error('No test database: run the tests with pnpm test');
  return { url, prefix };
}

/** URL of the database `<prefix>_<name>` on the server of the test run. */
export function testUrl(server: TestServer, name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${testName(server, name)}`;
  return url.href;
}

/** Name of that database. */
export const testName = (server: TestServer, name: string): string => `${server.prefix}_${name}`;
