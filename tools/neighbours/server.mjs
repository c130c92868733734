// One row of pnpm bench:http, as a process: Express 5 as the services use it, with one guard and one route that answers the
// user's id.
import process from 'node:process';
import express from 'express';

process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  start(message).then(
    (port) => process.send({ port }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});

async function start({ guard, settings }) {
  const { openGuard } = await import(`./guards/${guard}.mjs`);
  const server = appWith(await openGuard(settings)).listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return server.address().port;
}

function appWith({ guards, userOf }) {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple').set('env', 'production');
  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/products/:id', ...guards, (req, res) => {
    const product = { id: req.params.id, sku: 'MUG-STONE', name: 'Stoneware mug', price: 1850, currency: 'EUR' };
    res.json({ ...product, user: userOf(req) });
  });
  app.use(router);
  // Express recognises an error handler by its four parameters.
  app.use((error, _req, res, _next) => res.status(error.status ?? error.statusCode ?? 401).end());
  return app;
}
