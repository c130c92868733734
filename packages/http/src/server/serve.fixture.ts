/** A service as a separate process, for `serve.slow.test.ts`. The variable `TEST_CASE` chooses its behaviour. */
import * as z from 'zod';
import {
  adminApp,
  createApp,
  createLog,
  createMetrics,
  createReadiness,
  finishApp,
  readConfig,
  runService,
  ServerSettings,
} from '../index.ts';

await runService(process, 'order', async (env) => {
  const { PORT, HOST, ADMIN_PORT, DRAIN_DELAY_MS } = ServerSettings;
  const settings = readConfig(
    z.object({ PORT, HOST, ADMIN_PORT, DRAIN_DELAY_MS, TEST_CASE: z.string().default('') }),
    env,
  );
  if (settings.TEST_CASE === 'bug') throw new TypeError('a bug at postgres://ada:hunter2@db/x');
  const metrics = createMetrics({ service: 'order' });
  const countDropped = metrics.counter('log_lines_dropped_total', 'Lines that standard output could not take.', []);
  const onDropped = (lines: number) => countDropped({}, lines);
  const log = createLog({ service: 'order', level: 'info', format: 'json', onDropped });
  const readiness = createReadiness({});
  const app = createApp({ log, readiness });
  app.post('/audit', (_req, res) => {
    log.info({ audit: { event: 'login', outcome: 'ok' } }, 'login ok');
    process.emitWarning('on stderr');
    res.json({});
  });
  const admin = { app: adminApp({ log, readiness, metrics }), port: settings.ADMIN_PORT ?? 0, host: '127.0.0.1' };
  app.get('/slow', (_req, res) => {
    log.info('slow request arrived');
    process.stdin.once('data', () => res.json({ done: true }));
  });
  app.post('/reject', (_req, res) => {
    void Promise.reject(new Error('not handled'));
    res.json({});
  });
  app.post('/throw', (_req, res) => {
    res.json({});
    setImmediate(() => {
      throw new Error('not caught');
    });
  });
  return {
    app: finishApp(app, { log, translate: [] }),
    log,
    port: settings.PORT,
    host: settings.HOST,
    readiness,
    ...(settings.TEST_CASE.startsWith('admin') && { admin }),
    drainDelayMs: settings.DRAIN_DELAY_MS,
    stopDeadlineMs: 1500,
    close: async () => {
      log.info('closed');
      if (settings.TEST_CASE === 'close fails') throw new Error('pool is stuck');
      if (settings.TEST_CASE === 'close hangs') await new Promise(() => {});
    },
  };
});
