import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
import { cpuSecondsOf } from '../measure/cpu-time.ts';
import { startProcess } from '../measure/logged-process.ts';
import { openMeasuredPostgres } from '../measure/stores.ts';

/** The user app and its Postgres, with the settings of production and a log in a file. */
export interface MeasuredUserApp {
  /** Base URL, without a slash at the end. */
  readonly url: string;
  /** Processor time so far, in seconds, of the app and of all processes of Postgres. */
  cpuSeconds(): { readonly app: number; readonly postgres: number };
}

/** Runs a measurement on the user app alone. Nothing is left running afterwards. */
export async function withUserApp<T>(
  settings: Readonly<Record<string, string>>,
  measure: (app: MeasuredUserApp) => Promise<T>,
): Promise<T> {
  const closers = createClosers();
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
    closers.add(() => rm(dataDir, { recursive: true, force: true }));
    // Postgres runs as another user when we are root: it has to reach its data.
    await chmod(dataDir, 0o755);
    await mkdir(join(dataDir, 'logs'));
    const postgres = await openMeasuredPostgres(dataDir);
    closers.add(postgres.close);
    await ensureDatabase(postgres.url('user'));
    await migrate({ url: postgres.url('user'), service: 'user' });
    const port = await freePort();
    const { files } = await initKeyDocuments({ dir: join(dataDir, 'keys'), issuer: `http://127.0.0.1:${port}` });
    const guard = startOrphanGuard();
    closers.add(guard.close);
    const app = await startProcess({
      ...{ name: 'user', file: join(repositoryRoot, 'apps/user/src/main.ts'), port, guard },
      env: {
        ...{
          PATH: env['PATH'] ?? '',
          HOME: env['HOME'] ?? '',
          LOG_FORMAT: 'json',
          DRAIN_DELAY_MS: '0',
          ADMIN_PORT: '0',
        },
        ...{ AUTH_KEYS_FILE: files.user, DATABASE_URL: postgres.url('user') },
        REVOCATIONS: pathToFileURL(join(dataDir, 'revocations.log')).href,
        ...settings,
      },
      logDir: join(dataDir, 'logs'),
      signal: new AbortController().signal,
    });
    closers.add(app.stop);
    return await measure({
      url: app.url,
      cpuSeconds: () => ({ app: cpuSecondsOf(app.pid), postgres: postgres.cpuSeconds() }),
    });
  } finally {
    await closers.closeAll();
  }
}
