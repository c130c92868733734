import { setTimeout as delay } from 'node:timers/promises';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { withDrillStack } from './drill-stack.ts';
import { runKeys } from './keys-command.ts';
import { startTraffic } from './traffic.ts';

/** The pace that is asked for, and the one that must be reached. */
const perSecond = 220;
const atLeastPerSecond = 200;

/**
 * Rotates the signing key and the key of every edge from end to end while customers order and read products. Lives are
 * short here so that it takes a minute and not an hour: access tokens 60 s, public keys cached for 2 s.
 */
export async function rotationDrill(tell: Tell): Promise<DrillOutcome> {
  const lives = { ACCESS_TOKEN_SECONDS: '60', JWKS_MAX_AGE_SECONDS: '2' };
  return withDrillStack(lives, async (stack) => {
    const traffic = await startTraffic({ urls: stack.urls, perSecond, tokenSeconds: 20 });
    // What compiles at first use is compiled.
    await delay(2000);
    await runKeys(stack, ['rotate', 'all', '--wait'], tell);
    await delay(2000);
    const { requests, seconds } = await traffic.stop();
    const pace = requests / seconds;
    for (const [name, count] of traffic.failures) tell(`FAILED ${count} x ${name}`);
    const failed = [...traffic.failures.values()].reduce((sum, count) => sum + count, 0);
    tell(`${requests} requests in ${seconds.toFixed(0)} s, ${pace.toFixed(0)} a second: ${failed} failed`);
    if (pace < atLeastPerSecond)
      tell(`the pace is under ${atLeastPerSecond} a second: this machine is too busy to tell`);
    return { passed: failed === 0 && pace >= atLeastPerSecond };
  });
}
