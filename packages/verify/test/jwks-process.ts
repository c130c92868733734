// A process that does nothing but get keys: `<url> close` closes when its stdin ends, `<url> leave` just goes.
import { once } from 'node:events';
import { createJwksSource } from '../src/jwks/index.ts';

const [url = '', mode] = process.argv.slice(2);
const source = createJwksSource({
  url,
  now: () => Date.now() / 1000,
  timeoutMs: 60_000,
  onOutcome: (outcome) => process.stdout.write(`${outcome}\n`),
});
const started = source.start();
if (mode === 'close') {
  await once(process.stdin.resume(), 'end');
  await source.close();
  process.stdout.write('closed\n');
}
await started;
