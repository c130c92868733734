import type { Router } from 'express';
import { Problem } from '../problem/problem.ts';
import { createRouter } from '../route/router.ts';
import { refuseServiceToken } from '../route/service-token.ts';
import type { Readiness } from './readiness.ts';

/**
 * Creates the routes of the health checks: `GET /livez` (the process answers) and `GET /readyz` (the service can take
 * work; the answer names the failing checks, never why). With `details`, `/readyz?verbose` lists all checks and the
 * details.
 */
export function probes(readiness: Readiness, details?: () => Readonly<Record<string, unknown>>): Router {
  const router = createRouter();
  router.get('/livez', refuseServiceToken(), (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', refuseServiceToken(), async (req, res) => {
    const { ready, failing, checks } = await readiness.check();
    if (details !== undefined && req.query['verbose'] !== undefined) {
      const status = ready ? 'ready' : 'not ready';
      res
        .status(ready ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({ status, checks, ...details() });
      return;
    }
    if (!ready) throw new Problem('unavailable', { detail: `Not ready: ${failing.join(', ')}.` });
    res.set('Cache-Control', 'no-store').json({ status: 'ready' });
  });
  return router;
}
