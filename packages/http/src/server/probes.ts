import type { RequestHandler, Router } from 'express';
import { Problem } from '../problem/problem.ts';
import { getRoutes } from '../route/other-methods.ts';
import { refuseServiceToken } from '../route/service-token.ts';
import type { Readiness } from './readiness.ts';

/**
 * Creates the routes of the health checks: `GET /livez` (the process answers) and `GET /readyz` (the service can take
 * work; the answer names the failing checks, never why). With `details`, `/readyz?verbose` lists all checks and the
 * details.
 */
export function probes(readiness: Readiness, details?: () => Readonly<Record<string, unknown>>): Router {
  const isAlive: RequestHandler = (_req, res) => void res.json({ status: 'ok' });
  const isReady: RequestHandler = async (req, res) => {
    const { ready, failing, checks } = await readiness.check();
    if (details !== undefined && req.query['verbose'] !== undefined) {
      const status = ready ? 'ready' : 'not ready';
      res.status(ready ? 200 : 503).json({ status, checks, ...details() });
      return;
    }
    if (!ready) throw new Problem('unavailable', { detail: `Not ready: ${failing.join(', ')}.` });
    res.json({ status: 'ready' });
  };
  return getRoutes({ '/livez': [refuseServiceToken(), isAlive], '/readyz': [refuseServiceToken(), isReady] });
}
