import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type JwksListener, jwksAnswer, statusAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, newIssuer, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';

const unavailable = 'unavailable: keys_unavailable';

let setup: JwksSetup;
afterEach(() => setup.close());

describe('createJwksSource, with an ETag,', () => {
  const withEtag: JwksListener = (req, res) => {
    if (req.headers['if-none-match'] === '"1"') res.writeHead(304).end();
    else jwksAnswer(oldIssuer.jwks, { ETag: '"1"' })(req, res);
  };

  it('sends a conditional request that no cache answers', async () => {
    setup = await setUpJwks(withEtag);
    await setup.source.start();
    expect(await setup.refresh()).toBe('unchanged');
    const [first, second] = setup.server.requests;
    expect(first).not.toHaveProperty('if-none-match');
    expect(second).toMatchObject({ 'if-none-match': '"1"', 'cache-control': 'max-age=0' });
  });

  it('accepts a 304 of Express', async () => {
    const app = express();
    app.use((_req, res) => void res.json(oldIssuer.jwks));
    setup = await setUpJwks(app);
    await setup.source.start();
    expect(await setup.refresh()).toBe('unchanged');
  });

  it('counts the age of the keys from a 304', async () => {
    setup = await setUpJwks(withEtag, { staleForSeconds: 1000 });
    await setup.source.start();
    setup.clock.advance(900);
    await setup.refresh();
    setup.clock.advance(900);
    expect(setup.outcomeFor(oldIssuer)).toBe('accepted');
    setup.clock.advance(101);
    expect(setup.outcomeFor(oldIssuer)).toBe(unavailable);
  });

  it('forgets the ETag when new keys have none', async () => {
    setup = await setUpJwks(withEtag);
    await setup.source.start();
    setup.server.answer(jwksAnswer(newIssuer.jwks));
    await setup.refresh();
    await setup.refresh();
    expect(setup.server.requests.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"', undefined]);
  });

  it('rejects a 304 to an unconditional request', async () => {
    setup = await setUpJwks(statusAnswer(304));
    await setup.source.start();
    expect(setup.outcomes).toEqual(['status']);
    expect(setup.outcomeFor(oldIssuer)).toBe(unavailable);
  });
});
