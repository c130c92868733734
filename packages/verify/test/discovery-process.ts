// A process that only discovers an issuer, `<issuer>`: the certificates that Node trusts are chosen at its start.
import { discoverIssuer } from '../src/jwks/index.ts';

const [issuer = ''] = process.argv.slice(2);
const source = discoverIssuer({
  issuer,
  now: () => Date.now() / 1000,
  timeoutMs: 10_000,
  onOutcome: (outcome) => process.stdout.write(outcome),
});
await source.start();
await source.close();
