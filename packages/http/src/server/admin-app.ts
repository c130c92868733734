import type { Express, RequestHandler } from 'express';
import type { Log } from '../log/log.ts';
import { getRoutes } from '../route/other-methods.ts';
import { refuseServiceToken } from '../route/service-token.ts';
import { createApp, finishApp } from './create-app.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

interface AdminAppOptions {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** More members of the answer to `GET /readyz?verbose`; nothing secret. */
  readonly details?: () => Readonly<Record<string, unknown>>;
}

/**
 * Creates the app of the admin port: `GET /metrics`, `GET /metrics.json` and `GET /readyz?verbose`, for operators and not for
 * clients. The port must not be reachable from outside.
 */
export function adminApp({ log, readiness, metrics, details = () => ({}) }: AdminAppOptions): Express {
  const app = createApp({ log, metrics, readiness, probeDetails: details });
  app.use(refuseServiceToken());
  const sendMetrics: RequestHandler = async (_req, res) => {
    const { type, text } = await metrics.render();
    // Through `end`: Express would add a charset to Prometheus' own media type.
    res.set('Content-Type', type).end(text);
  };
  const sendJson: RequestHandler = async (_req, res) => void res.json(await metrics.read());
  app.use(getRoutes({ '/metrics': [sendMetrics], '/metrics.json': [sendJson] }));
  return finishApp(app, { log, translate: [] });
}
