import { setTimeout as delay } from 'node:timers/promises';
import { withDrillStack } from '../measure/stack.ts';
import { startBrowser } from './browser.ts';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { runKeys } from './keys-command.ts';
import { startTraffic } from './traffic.ts';

/** The pace that is asked for, and the one that must be reached. */
const perSecond = 220;
const atLeastPerSecond = 200;

/**
 * Rotates the signing key, the session key and the key of every edge from end to end while customers order and read
 * products, one of them with a cookie that must last. Lives are short here so that it takes two minutes and not a day:
 * access tokens and idle sessions 60 s, public keys cached for 2 s.
 */
export async function rotationDrill(tell: Tell): Promise<DrillOutcome> {
  const lives = { ACCESS_TOKEN_SECONDS: '60', JWKS_MAX_AGE_SECONDS: '2', SESSION_IDLE_MINUTES: '1' };
  return withDrillStack(lives, async (stack) => {
    const browser = await startBrowser(stack.urls, { everyMs: 200 });
    const traffic = await startTraffic({ urls: stack.urls, perSecond, tokenSeconds: 20 });
    // What compiles at first use is compiled, and the pace is the whole one.
    await delay(6000);
    await runKeys(stack, ['rotate', 'all', '--wait'], tell);
    await delay(2000);
    const { requests, seconds } = await traffic.stop();
    const pace = requests / seconds;
    const inSession = await browser.stop();
    const failures = [...traffic.failures, ...browser.failures];
    for (const [name, count] of failures) tell(`FAILED ${count} x ${name}`);
    const failed = failures.reduce((sum, [, count]) => sum + count, 0);
    tell(
      `${requests} requests with a token, and ${inSession} in one session, in ${seconds.toFixed(0)} s, ${pace.toFixed(0)} a second: ${failed} failed`,
    );
    if (pace < atLeastPerSecond)
      tell(`the pace is under ${atLeastPerSecond} a second: this machine is too busy to tell`);
    return { passed: failed === 0 && pace >= atLeastPerSecond };
  });
}
