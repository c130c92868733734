import { setTimeout as delay } from 'node:timers/promises';
import { type DrillContext, runKeys, withDrillStack } from './context.ts';
import { startBrowser, startTraffic } from './traffic.ts';

/** Requests a second that are sent, and the least that must be reached. */
const perSecond = 220;
const leastPerSecond = 200;

/**
 * Rotates the signing key, the session key and the key of every edge completely, while customers order and read products and
 * a browser keeps one session. Shortened lives make it two minutes in place of a day: access tokens and idle sessions live
 * 60 s, public keys are cached for 2 s.
 */
export function rotationDrill(context: DrillContext): Promise<boolean> {
  const { print } = context;
  const lives = { ACCESS_TOKEN_SECONDS: '60', JWKS_MAX_AGE_SECONDS: '2', SESSION_IDLE_MINUTES: '1' };
  return withDrillStack(context, lives, async (stack) => {
    const browser = await startBrowser(stack.urls, { everyMs: 200 });
    const traffic = await startTraffic({ urls: stack.urls, perSecond, tokenSeconds: 20 });
    // Time for the code to be compiled, and for traffic to reach its full rate.
    await delay(6000);
    await runKeys(stack, ['rotate', 'all', '--wait'], print);
    await delay(2000);
    const { requests, seconds } = await traffic.stop();
    const rate = requests / seconds;
    const inSession = await browser.stop();
    const failures = [...traffic.failures, ...browser.failures];
    for (const [name, count] of failures) print(`FAILED ${count} x ${name}`);
    const failed = failures.reduce((sum, [, count]) => sum + count, 0);
    print(
      `${requests} requests with a token, and ${inSession} in one session, in ${seconds.toFixed(0)} s, ${rate.toFixed(0)} a second: ${failed} failed`,
    );
    if (rate < leastPerSecond)
      print(`the rate is under ${leastPerSecond} a second: this machine is too busy for the drill`);
    return failed === 0 && rate >= leastPerSecond;
  });
}
