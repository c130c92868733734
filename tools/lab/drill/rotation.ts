import { setTimeout as delay } from 'node:timers/promises';
import type { LabStack } from '../measure/stack.ts';
import { type DrillContext, type Print, runKeys, withDrillStack } from './context.ts';
import { startBrowser, startTraffic } from './traffic.ts';

/** Requests a second that are sent, and the least that must be reached. */
const perSecond = 220;
const leastPerSecond = 200;

/** The algorithms of the tokens that customers send during the drill, in order. */
const algorithms = ['RS256', 'EdDSA', 'RS256'];

/**
 * Rotates the signing key, the session key and the key of every edge completely, while customers order and read products and
 * a browser keeps one session. The signing key is rotated twice: to EdDSA, and back to RS256. Shortened lives make it three
 * minutes in place of a day: access tokens and idle sessions live 60 s, public keys are cached for 2 s.
 */
export function rotationDrill(context: DrillContext): Promise<boolean> {
  const { print } = context;
  const lives = { ACCESS_TOKEN_SECONDS: '60', JWKS_MAX_AGE_SECONDS: '2', SESSION_IDLE_MINUTES: '1' };
  return withDrillStack(context, lives, async (stack) => {
    const browser = await startBrowser(stack.urls, { everyMs: 200 });
    const traffic = await startTraffic({ urls: stack.urls, perSecond, tokenSeconds: 20 });
    // Time for the code to be compiled, and for traffic to reach its full rate.
    await delay(6000);
    await rotateAll(stack, print);
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
    const runs = traffic.algorithms.map(({ alg, requests: count }) => `${count} with ${alg}`);
    print(`tokens, in the order of requests: ${runs.join(', then ')}`);
    const seen = traffic.algorithms.map(({ alg }) => alg);
    const isThereAndBack = seen.join() === algorithms.join();
    if (!isThereAndBack) print(`FAILED: tokens must be signed with ${algorithms.join(', then ')}`);
    if (rate < leastPerSecond)
      print(`the rate is under ${leastPerSecond} a second: this machine is too busy for the drill`);
    return failed === 0 && isThereAndBack && rate >= leastPerSecond;
  });
}

/** Rotates every key; the signing key to EdDSA, and back to RS256 while the session key still has to wait. */
async function rotateAll(stack: LabStack, print: Print): Promise<void> {
  // Published here, switched to by `rotate all`.
  await runKeys(stack, ['rotate', 'signing', '--alg', 'EdDSA'], print);
  let end = () => {};
  const signingEnded = new Promise<void>((resolve) => {
    end = resolve;
  });
  const onLine = (line: string) => {
    print(line);
    if (line.startsWith('signing: removed')) end();
  };
  await Promise.all([
    runKeys(stack, ['rotate', 'all', '--wait'], onLine).then(end),
    signingEnded.then(() => runKeys(stack, ['rotate', 'signing', '--alg', 'RS256', '--wait'], print)),
  ]);
}
