import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createGate, isUnasked } from './gate.ts';
import { askReplicas } from './replicas.ts';

const key = { kid: 'order.product.2', member: 'accepts.order', state: 'pending', since: 1000 };

/** Serves one answer at `/readyz?verbose` while `run` runs; without one it never answers. */
async function serving<T>(answer: { status?: number; body: unknown } | undefined, run: (url: string) => Promise<T>) {
  const server: Server = createServer((request, response) => {
    if (request.url !== '/readyz?verbose') response.writeHead(404).end('{}');
    else if (answer !== undefined) response.writeHead(answer.status ?? 200).end(textOf(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await run(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

const gateOf = async (product: readonly string[], timeoutMs = 10_000) =>
  createGate(await askReplicas({ product }, { timeoutMs }));

const wanted = { kid: 'order.product.2', member: 'accepts.order' };

describe('a gate before a step', () => {
  it('is open when every replica has the key, also one that is not ready', () =>
    serving({ body: { service: 'product', now: 1000, keys: [key] } }, (one) =>
      serving({ status: 503, body: { service: 'product', now: 1000, keys: [key] } }, async (two) => {
        const gate = await gateOf([one, two]);
        expect(gate.blockers('product', wanted)).toEqual([]);
        expect(gate.loadedBy('product', wanted)).toEqual({ loaded: 2, asked: 2 });
      }),
    ));

  it('names the one replica of two that does not have it yet', () =>
    serving({ body: { now: 1000, keys: [key] } }, (one) =>
      serving({ body: { now: 1000, keys: [] } }, async (two) => {
        const gate = await gateOf([one, two]);
        expect(gate.blockers('product', wanted)).toEqual([`product at ${two} has not loaded order.product.2 yet`]);
        expect(gate.loadedBy('product', wanted)).toEqual({ loaded: 1, asked: 2 });
      }),
    ));

  it.each([
    ['holds it for another caller', { ...key, member: 'accepts.user' }, {}, 'has not loaded order.product.2 yet'],
    ['holds another key', { ...key, kid: 'order.product.1' }, {}, 'has not loaded order.product.2 yet'],
    ['has it in another state', key, { state: 'active' }, 'has order.product.2 as pending, not as active yet'],
    ['has it too short a time', key, { forSeconds: 35 }, 'has order.product.2 for too short a time: 25 s to go'],
    ['is one moment too early', { ...key, since: 975.5 }, { forSeconds: 35 }, 'too short a time: 1 s to go'],
  ])('is shut when a replica %s', (_case, held, more, reason) =>
    serving({ body: { now: 1010, keys: [held] } }, async (url) => {
      const [blocker, ...rest] = (await gateOf([url])).blockers('product', { ...wanted, ...more });
      expect(blocker).toContain(`product at ${url}`);
      expect([blocker?.includes(reason), rest]).toEqual([true, []]);
    }),
  );

  it('reads the states next and retired in the report of a replica of the version before', () => {
    const held = (kid: string, state: string) => ({ kid, member: 'signing', state, since: 1 });
    return serving({ body: { now: 1000, keys: [held('a', 'next'), held('b', 'retired')] } }, async (url) => {
      const gate = await gateOf([url]);
      expect(gate.loadedBy('product', { kid: 'a', member: 'signing', state: 'pending' }).loaded).toBe(1);
      expect(gate.loadedBy('product', { kid: 'b', member: 'signing', state: 'retiring' }).loaded).toBe(1);
    });
  });

  it('measures times by the clock of the replica, which may be hours from ours', () =>
    serving({ body: { now: 5, keys: [{ ...key, since: -30 }] } }, async (url) => {
      expect((await gateOf([url])).blockers('product', { ...wanted, forSeconds: 35 })).toEqual([]);
    }));

  it.each([
    ['text', 'its keys are in AUTH_KEYS, which is read once: give it the new document and restart it'],
    ['single_file_mount', 'its document is mounted as a single file: restart it, and mount the folder instead'],
    ['replaced', 'its document was replaced under a mount of a single file'],
    ['refused', 'it has refused the document that it found: its log says why'],
    ['unreachable', 'it cannot look at its document'],
  ])('reports why a change does not reach a replica whose document is %s', (keyDocument, hint) =>
    serving({ body: { now: 1000, keys: [{ ...key, kid: 'order.product.1' }], keyDocument } }, async (url) => {
      const gate = await gateOf([url]);
      expect(gate.blockers('product', wanted)[0]).toContain(`has not loaded order.product.2 yet (${hint}`);
      expect(gate.holders('product', ['order.product.1'])[0]).toContain(`still has order.product.1 (${hint}`);
      expect(gate.undelivered('product')[0]).toContain(`product at ${url}: ${hint}`);
    }),
  );

  it('names the time until a replica fetches the keys of the issuer again', () => {
    const held = { kid: 'k', member: 'issuer.jwks', state: 'public', since: 1 };
    return serving({ body: { now: 1000, keys: [held], jwksFreshSeconds: 300 } }, async (url) => {
      const [line] = (await gateOf([url])).holders('product', ['k']);
      expect(line).toBe(`product at ${url} still has k (it fetches the keys of the issuer again within 300 s)`);
    });
  });

  it('names the replicas that hold a removed key or do not answer, and none when no replica holds it', () =>
    serving({ body: { now: 1000, keys: [key] } }, (one) =>
      serving({ body: { now: 1000, keys: [] } }, async (two) => {
        const gate = await gateOf([one, two, 'http://127.0.0.1:9']);
        expect(gate.holders('product', ['order.product.2'])).toEqual([
          `product at ${one} still has order.product.2`,
          'product at http://127.0.0.1:9 does not answer',
        ]);
        expect((await gateOf([two])).holders('product', ['order.product.2'])).toEqual([]);
        expect((await gateOf([])).holders('product', ['order.product.2'])[0]).toContain(
          'no replica was asked for product',
        );
      }),
    ));

  it('is shut when a service has more replicas than were asked', () =>
    serving({ body: { now: 1000, keys: [key], replicas: 3 } }, async (url) => {
      const [blocker = '', ...rest] = (await gateOf([url])).blockers('product', wanted);
      expect(blocker).toContain('too few replicas were asked for product: 1 of 3 (REPLICAS): give --admin product=');
      expect([isUnasked(blocker), rest]).toEqual([true, []]);
    }));

  it.each([
    ['is another service', { body: { service: 'order', now: 1000, keys: [key] } }, 'is order, not product'],
    ['is no admin port', { body: { status: 'ready' } }, 'answers, but not with its keys: is it an admin port?'],
    ['answers something else', { body: '<html>' }, 'does not answer'],
    ['does not answer in time', undefined, 'does not answer'],
  ])('is shut when what is asked %s', (_case, answer, reason) =>
    serving(answer, async (url) => {
      const gate = await gateOf([url], answer === undefined ? 100 : 10_000);
      expect(gate.blockers('product', wanted)).toEqual([`product at ${url} ${reason}`]);
    }),
  );

  it('is shut when no process listens at the address', async () => {
    const gone = await serving({ body: {} }, async (url) => url);
    expect((await gateOf([gone])).blockers('product', wanted)).toEqual([`product at ${gone} does not answer`]);
  });

  it('is shut, and names the missing option, when no replica is known', async () => {
    const [blocker = ''] = (await gateOf([])).blockers('product', wanted);
    expect(blocker).toContain('give --admin product=http://<host>:<admin port> for each replica');
    expect([isUnasked(blocker), isUnasked('product at http://a does not answer')]).toEqual([true, false]);
  });

  it('names the replicas that do not accept an algorithm; one that does not say accepts those of every release', () =>
    serving({ body: { now: 1000, keys: [], accessTokenAlgorithms: ['RS256', 'EdDSA'] } }, (one) =>
      serving({ body: { now: 1000, keys: [] } }, async (two) => {
        const gate = await gateOf([one, two]);
        const blockers = (algorithm: string) => gate.blockers('product', { algorithm });
        expect(blockers('EdDSA')).toEqual([`product at ${two} does not accept EdDSA: update it to this release first`]);
        expect(blockers('PS256')).toEqual([`product at ${one} does not accept PS256: update it to this release first`]);
        expect(blockers('RS256')).toEqual([]);
        expect(gate.loadedBy('product', { algorithm: 'EdDSA' })).toEqual({ loaded: 1, asked: 2 });
      }),
    ));

  it('uses the longest of the lives that replicas report', () =>
    serving({ body: { now: 1000, keys: [], jwksMaxAgeSeconds: 60 } }, (one) =>
      serving({ body: { now: 1000, keys: [], jwksMaxAgeSeconds: 300, accessTokenSeconds: 900 } }, async (two) => {
        const gate = await gateOf([one, two]);
        expect(gate.setting('product', 'jwksMaxAgeSeconds')).toBe(300);
        expect(gate.setting('product', 'accessTokenSeconds')).toBe(900);
        expect(gate.setting('user', 'accessTokenSeconds')).toBeUndefined();
      }),
    ));
});
