import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '@auth/dev';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { withDrillStack } from './drill-stack.ts';
import { lineChart } from './line-chart.ts';
import type { Second } from './traffic.ts';
import { startTraffic } from './traffic.ts';

const aroundSeconds = 10;

/**
 * Stops the user app under traffic and starts it again. Users who are logged in are served all the time, since product and
 * order verify tokens by themselves. Draws the requests of each second into `docs/plots/outage.svg` when the user app is
 * stopped for a minute or longer.
 */
export async function outageDrill(
  tell: Tell,
  { outageSeconds }: { readonly outageSeconds: number },
): Promise<DrillOutcome> {
  return withDrillStack({}, async (stack) => {
    // Longer than the drill: no login works while the user app is stopped.
    const traffic = await startTraffic({ urls: stack.urls, perSecond: 120, tokenSeconds: 3600 });
    await delay(aroundSeconds * 1000);
    const from = traffic.seconds.length;
    await stack.stop('user');
    tell(`user is stopped, and stays so for ${outageSeconds} s`);
    await delay(outageSeconds * 1000);
    const to = traffic.seconds.length;
    await stack.start('user');
    tell('user runs again');
    await delay(aroundSeconds * 1000);
    const { requests } = await traffic.stop();
    // The last second is not whole.
    const seconds = traffic.seconds.slice(0, -1);
    for (const [name, count] of traffic.failures) tell(`FAILED ${count} x ${name}`);
    const failed = seconds.reduce((sum, second) => sum + second.failed, 0);
    const during = seconds.slice(from, to);
    const orders = during.reduce((sum, second) => sum + second.orders, 0);
    tell(`${requests} requests, ${failed} failed; ${orders} orders were placed while user was stopped`);
    if (outageSeconds >= 60) tell(`drew ${await draw(seconds, { from, to })}`);
    return { passed: traffic.failures.size === 0 && orders > 0 };
  });
}

async function draw(seconds: readonly Second[], { from, to }: { from: number; to: number }): Promise<string> {
  const folder = join(repositoryRoot, 'docs/plots');
  const values = (kind: keyof Second) => seconds.map((second) => second[kind]);
  const chart = lineChart({
    title: 'The user app is stopped: requests of those who are logged in',
    xLabel: 'seconds',
    yLabel: 'answers per second',
    band: { from, to, label: 'user is stopped' },
    series: [
      { name: 'GET /products: 200', colour: '#2a6fdb', values: values('reads') },
      { name: 'POST /orders: 201', colour: '#2c9c5b', values: values('orders') },
      { name: 'failed', colour: '#d1342f', values: values('failed') },
    ],
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'outage.svg'), chart);
  return 'docs/plots/outage.svg';
}
