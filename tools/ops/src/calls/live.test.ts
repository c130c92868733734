import type { RequestListener } from 'node:http';
import { runCommand } from '@auth/command';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CallsOptions, createCallsCommand } from './commands.ts';
import { shopMap } from './map.fixture.ts';
import { type Counted, type MetricsServer, metricsText, serveMetrics } from './metrics-server.fixture.ts';

const open: MetricsServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(service: string, counted: Counted, answer?: RequestListener): Promise<MetricsServer> {
  const server = await serveMetrics(metricsText(service, counted), answer);
  open.push(server);
  return server;
}

/** An address at which nobody is any more. */
async function gone(): Promise<string> {
  const { url, close } = await serveMetrics('');
  await close();
  return url;
}

const never = async function* () {};

/** Runs `pnpm calls live` and gives what it printed. */
async function live(
  admin: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
  ticks: CallsOptions['ticks'] = never,
) {
  const out: string[] = [];
  const given = Object.entries(admin).flatMap(([service, url]) => ['--admin', `${service}=${url}`]);
  const command = createCallsCommand({ map: shopMap, document: '', separator: '----', ticks });
  const code = await runCommand(command, {
    args: ['live', ...given, ...flags],
    env: {},
    print: (text) => void out.push(text),
    complain: (text) => void out.push(`complaint: ${text}`),
  });
  return { code, out, lines: out.join('\n').split('\n') };
}

const labels = (operation: string, caller: string, decision: string, reason: string) => ({
  operation,
  caller,
  decision,
  reason,
});
const quotes = 'product:quotes.create';
const contacts = 'user:contacts.read';
const uncounted = 'does not count auth_service_calls_total: is that its admin port?';

describe('pnpm calls live', () => {
  it('shows who calls what, how often, refused how often and why, and who may and never does', async () => {
    const user = await serve('user', [[labels(contacts, 'order', 'allow', 'none'), 12]]);
    const product = await serve('product', [
      [labels(quotes, 'order', 'allow', 'none'), 1020],
      [labels(quotes, 'order', 'deny', 'replayed'), 2],
      [labels(quotes, 'order', 'deny', 'expired'), 1],
      [labels(quotes, 'unknown', 'deny', 'signature'), 5],
      [labels(quotes, 'user', 'deny', 'caller'), 1],
      [labels('product:quotes.delete', 'order', 'allow', 'none'), 1],
    ]);
    const order = await serve('order', [[labels('unmatched', 'unknown', 'deny', 'not_an_operation'), 3]]);
    const { code, lines } = await live({ user: user.url, product: product.url, order: order.url });
    expect(code).toBe(0);
    expect(lines).toEqual([
      'caller   operation                           allowed  refused  why',
      'order    user:contacts.read                       12        0',
      'order    product:quotes.create                  1020        3  expired 1, replayed 2',
      'user     product:quotes.create                     0        1  caller 1               NOT ALLOWED',
      'unknown  product:quotes.create                     0        5  signature 5            not authenticated',
      'order    product:quotes.delete (at product)        1        0                         NOT IN THIS MAP, AND LET IN',
      'unknown  unmatched (at order)                      0        3  not_an_operation 3     no operation',
      '',
      'allowed but never used:',
      '  product -> user:contacts.read',
      'counted since each service started',
    ]);
  });

  it('shows that nothing was called yet', async () => {
    const { lines } = await live({ order: (await serve('order', [])).url });
    expect(lines).toEqual(['no calls', '', 'allowed but never used: none', 'counted since each service started']);
  });

  it('names a service that does not answer, and shows the others', async () => {
    const [user, product] = [await serve('user', [[labels(contacts, 'order', 'allow', 'none'), 1]]), await gone()];
    const { code, lines } = await live({ user: user.url, product });
    expect(code).toBe(0);
    expect(lines).toEqual([
      'caller  operation           allowed  refused  why',
      'order   user:contacts.read        1        0',
      '',
      'allowed but never used, where that can be told:',
      '  product -> user:contacts.read',
      `product at ${product} does not answer: ECONNREFUSED; its counts are missing here`,
      'counted since each service started',
    ]);
  });

  it('ends with 1 only when none answers', async () => {
    const [user, product] = [await gone(), await gone()];
    expect(await live({ user, product })).toMatchObject({
      code: 1,
      lines: [
        `user at ${user} does not answer: ECONNREFUSED`,
        `product at ${product} does not answer: ECONNREFUSED`,
        'nothing to show: start pnpm dev, or say --admin <service>=<url>',
      ],
    });
  });

  it.each([
    ['another status', 'answers 503', '', 503],
    ['other metrics', uncounted, '{"service":"user","metrics":{"up":[]}}', 200],
    ['another document', uncounted, '{"status":"ready"}', 200],
    ['no JSON', uncounted, '# TYPE up gauge\nup 1\n', 200],
    ['half a document', uncounted, metricsText('user', []).slice(0, -1), 200],
    ['the metrics of another service', 'answers as "product"', metricsText('product', []), 200],
    ['a service name that steers a terminal', 'answers as "\\u001b[2J"', metricsText('\u001b[2J', []), 200],
    ['other labels', 'counts auth_service_calls_total in another way', metricsText('user', [[{ a: 'b' }, 1]]), 200],
    [
      'a name that steers a terminal',
      'counts auth_service_calls_total in another way',
      metricsText('user', [[labels(contacts, '\u001b[2J', 'allow', 'none'), 1]]),
      200,
    ],
  ])('says what is wrong with a service that answers with %s', async (_case, problem, text, status) => {
    const { url } = await serve('user', [], (_req, res) => res.writeHead(status).end(text));
    const { code, lines } = await live({ user: url });
    expect(code).toBe(1);
    expect(lines[0]).toContain(`user at ${url} ${problem}`);
  });

  it.each([
    ['hangs up', 'ECONNRESET|ECONNRESET', ((_req, res) => void res.socket?.destroy()) as RequestListener],
    [
      'stops halfway',
      'ECONNRESET',
      ((_req, res) => void res.write('#', () => res.socket?.destroy())) as RequestListener,
    ],
  ])('says so when a service %s', async (_case, problem, answer) => {
    const { url } = await serve('user', [], answer);
    const { lines } = await live({ user: url });
    expect(lines[0]).toMatch(new RegExp(`^user at ${url} does not answer: (?:${problem})$`));
  });

  it('says the same in JSON', async () => {
    const [user, product] = [await serve('user', [[labels(contacts, 'order', 'deny', 'expired'), 2]]), await gone()];
    const { code, out } = await live({ user: user.url, product }, ['--json']);
    expect(code).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        rows: [
          {
            callee: 'user',
            caller: 'order',
            operation: contacts,
            standing: 'listed',
            allowed: 0,
            refused: 2,
            reasons: { expired: 2 },
          },
        ],
        neverUsed: [
          { caller: 'product', operation: contacts },
          { caller: 'order', operation: contacts },
        ],
        answered: [{ service: 'user', url: user.url }],
        silent: [{ source: { service: 'product', url: product }, problem: 'does not answer: ECONNREFUSED' }],
      },
    ]);
  });

  it('looks again and again under --watch, also while a service is gone', async () => {
    const user = await serve('user', []);
    const ticks = async function* () {
      user.say(metricsText('user', [[labels(contacts, 'user', 'deny', 'caller'), 1]]));
      yield;
      await open.pop()?.close();
      yield;
    };
    const { code, out } = await live({ user: user.url }, ['--watch'], ticks);
    expect(out).toEqual([
      expect.stringMatching(/^no calls/),
      '----',
      expect.stringMatching(/user:contacts\.read +0 +1 +caller 1 +NOT ALLOWED/),
      '----',
      expect.stringMatching(/^user at .* does not answer/),
    ]);
    expect(code).toBe(1);
  });

  it('prints one line of JSON a look under --watch', async () => {
    const { url } = await serve('user', []);
    const { out } = await live({ user: url }, ['--watch', '--json'], async function* () {
      yield;
    });
    expect(out.map((line) => JSON.parse(line).rows)).toEqual([[], []]);
  });
});
