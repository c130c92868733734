import { setTimeout as delay } from 'node:timers/promises';
import { lineChart } from '../measure/line-chart.ts';
import { writePlots } from '../measure/page.ts';
import { type DrillContext, withDrillStack } from './context.ts';
import { type Second, startTraffic } from './traffic.ts';

const aroundSeconds = 10;

/**
 * Stops the user app under traffic and starts it again. Clients with a valid token are served during the outage, since product
 * and order verify tokens by themselves. An outage of a minute or longer is drawn into `docs/plots/outage.svg`.
 */
export function outageDrill(context: DrillContext): Promise<boolean> {
  const { print, outageSeconds } = context;
  return withDrillStack(context, {}, async (stack) => {
    // No login is needed during the drill: none works while the user app is stopped.
    const traffic = await startTraffic({ urls: stack.urls, perSecond: 120, tokenSeconds: 3600 });
    await delay(aroundSeconds * 1000);
    const from = traffic.seconds.length;
    await stack.stop('user');
    print(`user is stopped for ${outageSeconds} s`);
    await delay(outageSeconds * 1000);
    const to = traffic.seconds.length;
    await stack.start('user');
    print('user runs again');
    await delay(aroundSeconds * 1000);
    const { requests } = await traffic.stop();
    // The last second is incomplete.
    const seconds = traffic.seconds.slice(0, -1);
    for (const [name, count] of traffic.failures) print(`FAILED ${count} x ${name}`);
    const failed = seconds.reduce((sum, second) => sum + second.failed, 0);
    const orders = seconds.slice(from, to).reduce((sum, second) => sum + second.orders, 0);
    print(`${requests} requests, ${failed} failed; ${orders} orders were placed while user was stopped`);
    if (outageSeconds >= 60) {
      await writePlots({ 'outage.svg': chartOf(seconds, { from, to }) });
      print('drew docs/plots/outage.svg');
    }
    return traffic.failures.size === 0 && orders > 0;
  });
}

function chartOf(seconds: readonly Second[], { from, to }: { from: number; to: number }): string {
  const values = (kind: keyof Second) => seconds.map((second) => second[kind]);
  return lineChart({
    title: 'The user app is stopped: requests of logged-in clients',
    xLabel: 'seconds',
    yLabel: 'answers per second',
    band: { from, to, label: 'user is stopped' },
    series: [
      { name: 'GET /products: 200', colour: '#2a6fdb', values: values('reads') },
      { name: 'POST /orders: 201', colour: '#2c9c5b', values: values('orders') },
      { name: 'failed', colour: '#d1342f', values: values('failed') },
    ],
  });
}
