import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type DiscoverySetup, keysPlace, oauthPlace, openidPlace, setUpDiscovery } from '../../test/discovery-setup.ts';
import { listen, send } from '../../test/http.ts';
import { type JwksListener, statusAnswer } from '../../test/jwks-server.ts';
import { refusals, requireUser, userOf } from '../express/index.ts';

const unavailable = 'unavailable: keys_unavailable';
const down: JwksListener = (req) => void req.socket.destroy();

let setup: DiscoverySetup;
afterEach(() => setup.close());

/** Sets up an issuer whose metadata is at the place of RFC 8414. */
async function setUpGood(options: Parameters<typeof setUpDiscovery>[0] = {}): Promise<DiscoverySetup> {
  setup = await setUpDiscovery(options);
  setup.route({ [oauthPlace]: setup.metadata(), [keysPlace]: setup.keysOf(setup.issuer) });
  return setup;
}

describe('discoverIssuer', () => {
  it('has the keys that the metadata leads to after the start, and none before', async () => {
    const { source, server, issuer, outcomes, outcomeFor } = await setUpGood();
    await expect(source.ready()).rejects.toThrow(unavailable);
    expect(outcomeFor(issuer)).toBe(unavailable);
    await source.start();
    await expect(source.ready()).resolves.toBeUndefined();
    expect(outcomeFor(issuer)).toBe('accepted');
    expect(server.targets).toEqual([oauthPlace, keysPlace]);
    expect(outcomes).toEqual(['loaded']);
  });

  it('asks for JSON that no cache answers', async () => {
    const { source, server } = await setUpGood();
    await source.start();
    expect(server.requests[0]).toMatchObject({ accept: 'application/json', 'cache-control': 'max-age=0' });
  });

  it.each([
    ['', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    ['/', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    ['/tenant', oauthPlace, openidPlace],
    ['/tenant/', oauthPlace, openidPlace],
    ['/a/b', '/.well-known/oauth-authorization-server/a/b', '/a/b/.well-known/openid-configuration'],
  ])('asks for the metadata of an issuer with the path "%s" at both places', async (path, oauth, openid) => {
    setup = await setUpDiscovery({}, path);
    const { source, server, issuer, metadata, keysOf, refresh, route, outcomeFor } = setup;
    route({ [openid]: metadata(), [keysPlace]: keysOf(issuer) });
    await source.start();
    expect(server.targets).toEqual([oauth, openid, keysPlace]);
    expect(outcomeFor(issuer)).toBe('accepted');
    // Known by now.
    await refresh();
    expect(server.targets.slice(3)).toEqual([keysPlace]);
  });

  it('lets no request wait while the issuer is down: 503, and 200 once it is up', async () => {
    const { source, server, issuer, metadata, keysOf, nextOutcome, route, verifier } = await setUpGood();
    server.answer(down);
    await source.start();
    expect(setup.outcomes).toEqual(['network']);
    const app = express();
    app.get('/me', requireUser(verifier), (req, res) => void res.json(userOf(req).sub));
    app.use(refusals());
    const service = await listen(app);
    const headers = [['Authorization', `Bearer ${issuer.token()}`]] as const;
    const ask = () => send(service.port, { target: '/me', headers });
    const asked = server.targets.length;
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(answers.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['503 unavailable']));
    expect(server.targets).toHaveLength(asked);
    route({ [oauthPlace]: metadata(), [keysPlace]: keysOf(issuer) });
    expect(await nextOutcome()).toBe('loaded');
    expect(await ask()).toMatchObject({ status: 200 });
    await service.close();
  });

  it('retries when the metadata is there and the keys are not', async () => {
    const { source, server, issuer, metadata, keysOf, nextOutcome, outcomeFor, route } = await setUpGood();
    route({ [oauthPlace]: metadata() });
    await source.start();
    expect(setup.messages).toEqual(['no keys from the JWKS URL: answered 404']);
    route({ [oauthPlace]: metadata(), [keysPlace]: keysOf(issuer) });
    expect(await nextOutcome()).toBe('loaded');
    expect(outcomeFor(issuer)).toBe('accepted');
    expect(server.targets).toEqual([oauthPlace, keysPlace, oauthPlace, keysPlace]);
  });

  it('aborts the fetch of the metadata at close, and fetches nothing more', async () => {
    const { source, server } = await setUpGood({ timeoutMs: 60_000 });
    server.answer(() => {});
    const request = server.nextRequest();
    const started = source.start();
    await request;
    await source.close();
    await started;
    expect(setup.outcomes).toEqual([]);
    expect(server.targets).toEqual([oauthPlace]);
    await expect(source.start()).rejects.toThrow('closed');
  });

  it('fetches no keys when it is closed just before the metadata has come', async () => {
    const { source, server, metadata } = await setUpGood();
    let closed: Promise<void> | undefined;
    server.answer((req, res) => {
      closed = source.close();
      metadata()(req, res);
    });
    await source.start();
    await closed;
    expect(server.targets).toEqual([oauthPlace]);
    expect(setup.outcomes).toEqual([]);
  });
});

describe('discoverIssuer, when the keys move,', () => {
  const moved = '/new-keys';

  it('finds them again after the old URL has failed, and keeps the old keys until then', async () => {
    const { source, server, issuer, successor, metadata, keysOf, refresh, outcomeFor, route } = await setUpGood();
    await source.start();
    const movedTo = { [oauthPlace]: metadata({ jwks_uri: `${server.origin}${moved}` }), [moved]: keysOf(successor) };
    route(movedTo);
    expect(await refresh()).toBe('status');
    expect(outcomeFor(issuer)).toBe('accepted');
    expect(await refresh()).toBe('loaded');
    expect(outcomeFor(successor)).toBe('accepted');
    expect(outcomeFor(issuer)).toBe('invalid_token: kid_unknown');
    expect(server.targets.slice(2)).toEqual([keysPlace, oauthPlace, moved]);
  });

  it('asks with an ETag only where it has it from', async () => {
    const { source, server, successor, metadata, keysOf, refresh, outcomeFor, route } = await setUpGood();
    const withEtag = (keys: JwksListener): JwksListener => {
      return (req, res) => (req.headers['if-none-match'] === '"1"' ? statusAnswer(304)(req, res) : keys(req, res));
    };
    route({ [oauthPlace]: metadata(), [keysPlace]: withEtag(keysOf(setup.issuer)) });
    await source.start();
    expect(await refresh()).toBe('unchanged');
    route({
      [oauthPlace]: metadata({ jwks_uri: `${server.origin}${moved}` }),
      [moved]: withEtag(keysOf(successor)),
    });
    await refresh();
    expect(await refresh()).toBe('loaded');
    expect(outcomeFor(successor)).toBe('accepted');
  });

  it.each([
    [1000, [keysPlace]],
    [1001, [oauthPlace, keysPlace]],
    [-1000, [keysPlace]],
    [-1001, [oauthPlace, keysPlace]],
  ])('uses a found URL for staleForSeconds (1000): after %d seconds it asks for %p', async (seconds, targets) => {
    const { source, server, clock, refresh } = await setUpGood({ staleForSeconds: 1000 });
    await source.start();
    clock.advance(seconds - 30);
    expect(await refresh()).toBe('loaded');
    expect(server.targets.slice(2)).toEqual(targets);
  });

  it('keeps the keys when the metadata fails later, and is unavailable when they are stale', async () => {
    const { source, server, clock, issuer, refresh, outcomeFor } = await setUpGood({ staleForSeconds: 1000 });
    await source.start();
    server.answer(down);
    clock.advance(970);
    expect(await refresh()).toBe('network');
    expect(outcomeFor(issuer)).toBe('accepted');
    clock.advance(1);
    expect(outcomeFor(issuer)).toBe(unavailable);
  });
});
