import { env } from 'node:process';
import { readSettings, type Stack, startStack } from '@auth/dev';
import { newDataDir } from '@auth/testkit/dev-process';
import { compiledServices } from './compiled-services.ts';
import { type Client, createClient } from './journey-client.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

/** The options of a test's stack. */
export interface TestStackOptions {
  /** Added to the environment of every service, whose ports follow `portBase`. */
  readonly serviceEnv?: (portBase: number) => Record<string, string>;
  /** Opens the databases; on the Postgres of the test run unless given. */
  readonly openDatabases?: typeof openStackDatabases;
}

/** Starts all services as processes, with demo data, on free ports. `close` also drops the databases. */
export async function openTestStack({
  serviceEnv = () => ({}),
  openDatabases = openStackDatabases,
}: TestStackOptions = {}): Promise<Stack> {
  const { dataDir, remove } = newDataDir();
  const [portBase, databases, compiler] = await Promise.all([freePortBase(), openDatabases(), compiledServices()]);
  const settings = readSettings({ ...env, ...databases.env, PORT_BASE: String(portBase), DATA_DIR: dataDir });
  const giveBack = async (): Promise<void> => {
    await databases.drop();
    remove();
  };
  const options = {
    settings,
    watch: false,
    seed: true,
    say: () => undefined,
    compiler,
    serviceEnv: serviceEnv(portBase),
  };
  const stack = await startStack(options).catch(async (error) => {
    await giveBack();
    throw error;
  });
  return {
    ...stack,
    async close() {
      await stack.close();
      await giveBack();
    },
  };
}

/** Logs a user in. Returns a client that sends the access token. */
export async function logIn(
  { urls }: Stack,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Client> {
  const login = { email, password };
  const { access_token } = await createClient().json<{ access_token: string }>(
    'POST',
    `${urls.user}/auth/login`,
    login,
  );
  return createClient(access_token);
}
