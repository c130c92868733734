import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { migrate } from '@auth/db/migrate';
import { repositoryRoot } from '@auth/dev';
import { ensureDatabase } from '@auth/dev/postgres/databases';
import { freePort } from '@auth/dev/postgres/free-port';
import { createClosers } from '@auth/dev/stack/closers';
import { startOrphanGuard } from '@auth/dev/stack/orphan-guard';
import { initKeyDocuments } from '@auth/ops';
import { Agent, request } from 'undici';
import type { TokenPair } from '../measure/client.ts';
import { cpuSecondsOf } from '../measure/cpu-time.ts';
import { startProcess } from '../measure/logged-process.ts';
import { createDataDir } from '../measure/stack.ts';
import { openMeasuredPostgres } from '../measure/stores.ts';

const password = 'nanosecond-wire-30cm';

/** The user app with its Postgres, with the settings of production, and a client of it. */
export interface MeasuredUserApp {
  readonly client: ReturnType<typeof openUserClient>;
  /** Processor time so far, in seconds, of the app and of all processes of Postgres. */
  cpuSeconds(): { readonly app: number; readonly postgres: number };
}

/** Runs a measurement on the user app alone, and stops all processes afterwards. */
export async function withUserApp<T>(
  settings: Readonly<Record<string, string>>,
  measure: (app: MeasuredUserApp) => Promise<T>,
): Promise<T> {
  const closers = createClosers();
  try {
    const dataDir = await createDataDir('bench-');
    closers.add(() => rm(dataDir, { recursive: true, force: true }));
    await mkdir(join(dataDir, 'logs'));
    const postgres = await openMeasuredPostgres(dataDir, closers);
    await ensureDatabase(postgres.url('user'));
    await migrate({ url: postgres.url('user'), service: 'user' });
    const port = await freePort();
    const { files } = await initKeyDocuments({ dir: join(dataDir, 'keys'), issuer: `http://127.0.0.1:${port}` });
    const guard = startOrphanGuard();
    closers.add(guard.close);
    const app = await startProcess({
      name: 'user',
      file: join(repositoryRoot, 'apps/user/src/main.ts'),
      port,
      guard,
      env: {
        PATH: env['PATH'] ?? '',
        HOME: env['HOME'] ?? '',
        LOG_FORMAT: 'json',
        DRAIN_DELAY_MS: '0',
        ADMIN_PORT: '0',
        AUTH_KEYS_FILE: files.user,
        DATABASE_URL: postgres.url('user'),
        REVOCATIONS: pathToFileURL(join(dataDir, 'revocations.log')).href,
        ...settings,
      },
      logDir: join(dataDir, 'logs'),
      signal: new AbortController().signal,
    });
    closers.add(app.stop);
    const client = openUserClient(app.url);
    closers.add(client.close);
    return await measure({
      client,
      cpuSeconds: () => ({ app: cpuSecondsOf(app.pid), postgres: postgres.cpuSeconds() }),
    });
  } finally {
    await closers.closeAll();
  }
}

/** Opens a client with kept connections. Its functions reject for any status but the expected one. */
function openUserClient(base: string) {
  const dispatcher = new Agent({ keepAliveTimeout: 60_000, connections: 64 });
  async function post(path: string, content: object, expected: number): Promise<unknown> {
    const { statusCode, body } = await request(base + path, {
      dispatcher,
      method: 'POST',
      body: JSON.stringify(content),
      headers: { 'content-type': 'application/json' },
    });
    const text = await body.text();
    if (statusCode !== expected) throw new Error(`${path} answered ${statusCode}: ${text}`);
    return JSON.parse(text);
  }
  return {
    async register(email: string): Promise<void> {
      await post('/auth/register', { email, password, name: 'Grace' }, 201);
    },
    logIn: async (email: string) => (await post('/auth/login', { email, password }, 200)) as TokenPair,
    refresh: async (refresh_token: string) => (await post('/auth/refresh', { refresh_token }, 200)) as TokenPair,
    async get(path: string, token: string): Promise<void> {
      const headers = { authorization: `Bearer ${token}` };
      const { statusCode, body } = await request(base + path, { dispatcher, headers });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
    },
    close: () => dispatcher.close(),
  };
}
