import type { Router } from 'express';
import { Problem } from './problem.ts';
import type { Readiness } from './readiness.ts';
import { createRouter } from './router.ts';
import { refuseServiceToken } from './service-token.ts';

/**
 * `GET /livez` (the process answers) and `GET /readyz` (it can take work; the answer names what fails, never why).
 * Where there are `details` to tell, `/readyz?verbose` lists every check, and them.
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
