// Watches a key document as a service does, and reports what it has loaded. For tests.
import { createServer } from 'node:http';
import { argv } from 'node:process';
import { openKeyRing } from '@auth/keys';

const [service = '', file = ''] = argv.slice(-2);
const print = (word: string, more: string = '') => process.stdout.write(`${word} ${more}\n`);
const keys = await openKeyRing({
  service,
  source: { file, production: false },
  now: () => Date.now() / 1000,
  pollMs: 20,
  onReloaded: () => print('reloaded'),
  onRefused: ({ message }) => print('refused', message),
  onObstacle: (obstacle) => print('obstacle', obstacle),
});
const server = createServer((_request, response) => {
  const now = Date.now() / 1000;
  const inForce = keys.held().map(({ heldSeconds, ...key }) => ({ ...key, since: now - heldSeconds }));
  const report = { service, now, keys: inForce, keyDocument: keys.delivery() };
  response.end(JSON.stringify(report));
});
server.listen(0, '127.0.0.1', () => print('listening', String((server.address() as { port: number }).port)));
