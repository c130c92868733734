import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type JwksListener, jwksAnswer, statusAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, newIssuer, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';

const good = jwksAnswer(oldIssuer.jwks);
const changed = jwksAnswer(newIssuer.jwks);
const both = jwksAnswer({ keys: [...oldIssuer.jwks.keys, ...newIssuer.jwks.keys] });
const down: JwksListener = (req) => void req.socket.destroy();
const unavailable = 'unavailable: keys_unavailable';
const unknown = 'invalid_token: kid_unknown';

let setup: JwksSetup;
afterEach(() => setup.close());

describe('createJwksSource', () => {
  it('is ready after the first keys, and unavailable before', async () => {
    setup = await setUpJwks(good);
    const { source, outcomeFor } = setup;
    await expect(source.ready()).rejects.toThrow(unavailable);
    expect(outcomeFor(oldIssuer)).toBe(unavailable);
    await source.start();
    await expect(source.ready()).resolves.toBeUndefined();
    expect(outcomeFor(oldIssuer)).toBe('accepted');
  });

  it.each(['application/jwk-set+json', 'application/json', 'Application/JSON ; charset=utf-8'])(
    'accepts keys as %s',
    async (mediaType) => {
      setup = await setUpJwks(jwksAnswer(oldIssuer.jwks, { 'Content-Type': mediaType }));
      await setup.source.start();
      expect(setup.outcomeFor(oldIssuer)).toBe('accepted');
    },
  );

  it('accepts keys compressed with gzip, up to the size limit', async () => {
    const content = JSON.stringify(oldIssuer.jwks).padEnd(65_536);
    setup = await setUpJwks((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(gzipSync(content));
    });
    await setup.source.start();
    expect(setup.outcomes).toEqual(['loaded']);
  });

  it('accepts keys after a byte order mark', async () => {
    setup = await setUpJwks((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(`\uFEFF${JSON.stringify(oldIssuer.jwks)}`);
    });
    await setup.source.start();
    expect(setup.outcomes).toEqual(['loaded']);
  });

  it('keeps the object of a key that is unchanged in another answer', async () => {
    setup = await setUpJwks(good);
    await setup.source.start();
    const before = setup.source.keys().get(oldIssuer.kid);
    setup.server.answer(both);
    expect(await setup.refresh()).toBe('loaded');
    expect(setup.source.keys().size).toBe(2);
    expect(setup.source.keys().get(oldIssuer.kid)).toBe(before);
  });

  it('starts without keys, and retries until there are some', async () => {
    setup = await setUpJwks(statusAnswer(503));
    const { source, server, outcomes, nextOutcome, outcomeFor } = setup;
    await source.start();
    expect(outcomes).toEqual(['status']);
    server.answer(good);
    expect(await nextOutcome()).toBe('loaded');
    expect(outcomeFor(oldIssuer)).toBe('accepted');
  });

  it('fetches again when the keys are no longer fresh', async () => {
    setup = await setUpJwks(good, { freshForSeconds: 1 });
    await setup.source.start();
    setup.server.answer(changed);
    expect(await setup.nextOutcome()).toBe('loaded');
    expect(setup.outcomeFor(newIssuer)).toBe('accepted');
  });

  it('fetches once for several starts and refreshes at the same time', async () => {
    setup = await setUpJwks(good);
    const { source, server } = setup;
    const starts = [source.start(), source.start()];
    source.refreshSoon();
    await Promise.all(starts);
    await source.start();
    expect(server.requests).toHaveLength(1);
    // A refresh during the fetch has not started the cooldown.
    const next = setup.nextOutcome();
    source.refreshSoon();
    expect(await next).toBe('loaded');
  });

  it('adds a new key and drops a removed key at once', async () => {
    setup = await setUpJwks(good);
    const { source, server, refresh, outcomeFor } = setup;
    await source.start();
    server.answer(both);
    await refresh();
    expect([outcomeFor(oldIssuer), outcomeFor(newIssuer)]).toEqual(['accepted', 'accepted']);
    server.answer(changed);
    await refresh();
    expect([outcomeFor(oldIssuer), outcomeFor(newIssuer)]).toEqual([unknown, 'accepted']);
  });

  it('keeps verifying while the issuer is down, and gets the changed keys afterwards', async () => {
    setup = await setUpJwks(good);
    const { source, server, refresh, nextOutcome, outcomeFor } = setup;
    await source.start();
    server.answer(down);
    expect(await refresh()).toBe('network');
    expect([outcomeFor(oldIssuer), outcomeFor(newIssuer)]).toEqual(['accepted', 'unavailable: keys_unavailable']);
    server.answer(changed);
    expect(await nextOutcome()).toBe('loaded');
    expect([outcomeFor(oldIssuer), outcomeFor(newIssuer)]).toEqual([unknown, 'accepted']);
  });

  it('fetches the keys for a token with an unknown kid, and accepts the next one', async () => {
    setup = await setUpJwks(good);
    const { source, server, nextOutcome, outcomeFor } = setup;
    await source.start();
    server.answer(both);
    const next = nextOutcome();
    expect(outcomeFor(newIssuer)).toBe(unknown);
    await next;
    expect(outcomeFor(newIssuer)).toBe('accepted');
  });

  it('may refresh again after the clock was set back', async () => {
    setup = await setUpJwks(good);
    await setup.source.start();
    await setup.refresh();
    setup.clock.advance(-86_400);
    expect(await setup.refresh()).toBe('loaded');
  });

  it('fetches nothing before it is started', async () => {
    setup = await setUpJwks(good);
    setup.source.refreshSoon();
    await setup.source.start();
    expect(setup.server.requests).toHaveLength(1);
  });
});

describe('createJwksSource, when keys become stale,', () => {
  it('is unavailable from one second after staleForSeconds on', async () => {
    setup = await setUpJwks(good, { staleForSeconds: 1000 });
    const { source, server, clock, outcomeFor } = setup;
    await source.start();
    server.answer(down);
    clock.advance(1000);
    expect(outcomeFor(oldIssuer)).toBe('accepted');
    clock.advance(1);
    expect(outcomeFor(oldIssuer)).toBe(unavailable);
    expect(outcomeFor(newIssuer)).toBe(unavailable);
    await expect(source.ready()).rejects.toThrow(unavailable);
  });

  it('counts the age from the request, not from the answer', async () => {
    setup = await setUpJwks(
      (req, res) => {
        setup.clock.advance(900);
        good(req, res);
      },
      { staleForSeconds: 1000 },
    );
    await setup.source.start();
    setup.clock.advance(101);
    expect(setup.outcomeFor(oldIssuer)).toBe(unavailable);
  });

  it('is unavailable also after the clock was set back', async () => {
    let ms = 0;
    setup = await setUpJwks(good, { staleForSeconds: 1000, monotonicMs: () => ms });
    const { source, server, clock, outcomeFor } = setup;
    await source.start();
    server.answer(down);
    clock.advance(-86_400);
    ms = 1_000_000;
    expect(outcomeFor(oldIssuer)).toBe('accepted');
    ms = 1_001_000;
    expect(outcomeFor(oldIssuer)).toBe(unavailable);
  });

  it('fetches again at the next use, as after the machine was suspended', async () => {
    setup = await setUpJwks(good, { staleForSeconds: 1000 });
    const { source, clock, nextOutcome, outcomeFor } = setup;
    await source.start();
    clock.advance(100_000);
    const next = nextOutcome();
    expect(outcomeFor(oldIssuer)).toBe(unavailable);
    expect(await next).toBe('loaded');
    expect(outcomeFor(oldIssuer)).toBe('accepted');
  });
});
