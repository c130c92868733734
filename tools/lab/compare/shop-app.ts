import type { ProductDb } from '@auth/db/product';
import { isDatabaseUnavailable } from '@auth/db/product';
import type { Log, Metrics, Readiness } from '@auth/http';
import { createApp, finishApp, getRoutes, Problem, readParams, refusalProblem, versionTag } from '@auth/http';
import type { requireUser } from '@auth/verify/express';
import { identityOf, refusalOf } from '@auth/verify/express';
import * as z from 'zod';

/** Lets a request pass, or throws why not. */
export type Guard = ReturnType<typeof requireUser>;

export interface ShopDeps {
  /** What stands before the same work, by the path that it stands at. */
  readonly guards: Readonly<Record<string, readonly Guard[]>>;
  readonly db: Pick<ProductDb, 'client'>;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

const Id = z.object({ id: z.uuid() });

/** One service, one piece of work, and a route to it for every way of finding out who asks. */
export function buildShop({ guards, db, log, readiness, metrics }: ShopDeps): ReturnType<typeof createApp> {
  const app = createApp({ log, readiness, metrics, identify: identityOf, currentContext: false });
  const answer: Guard = async (req, res) => {
    // Not `findUnique`: Prisma would ask once for all that come in one turn of the loop, as they do behind a fast store.
    const product = await db.client.product.findFirst({ where: { id: readParams(req, Id).id } });
    if (product === null) throw new Problem('not_found');
    res.set('ETag', versionTag(product.version)).json(product);
  };
  app.use(
    getRoutes(Object.fromEntries(Object.entries(guards).map(([path, guard]) => [`${path}/:id`, [...guard, answer]]))),
  );
  return finishApp(app, {
    log,
    translate: [
      (error) => refusalProblem(refusalOf(error)),
      (error) => (isDatabaseUnavailable(error) ? new Problem('unavailable', { cause: error }) : undefined),
    ],
  });
}
