import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { listen, send, type TestServer } from '../../test/http.ts';
import { jwksAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';
import { refusals, requireUser, userOf } from '../express/index.ts';

const good = jwksAnswer(oldIssuer.jwks);
const token = oldIssuer.token();
const madeUp = () => oldIssuer.sign({ sub: 'eve' }, { kid: randomUUID() });

let setup: JwksSetup;
let server: TestServer;
beforeEach(async () => {
  setup = await setUpJwks(good, { staleForSeconds: 1000 });
  const app = express();
  app.get('/me', requireUser(setup.verifier), (req, res) => void res.json(userOf(req).sub));
  app.use(refusals());
  server = await listen(app);
});
afterEach(async () => {
  await server.close();
  await setup.close();
});

const ask = (bearer: string) => send(server.port, { target: '/me', headers: [['Authorization', `Bearer ${bearer}`]] });

/** Returns the statuses of 200 parallel requests, each once. */
async function askAll(tokenOf: () => string): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(tokenOf())));
  return [...new Set(answers.map(({ status }) => status))];
}

describe('a service whose keys come from a JWKS URL', () => {
  it('answers 503 with Retry-After during the first fetch, and fetches once for 200 requests', async () => {
    const requested = setup.server.nextRequest();
    let answer = () => {};
    setup.server.answer((req, res) => {
      answer = () => good(req, res);
    });
    const started = setup.source.start();
    await requested;
    expect(await ask(token)).toMatchObject({ status: 503, code: 'unavailable', headers: { 'retry-after': '5' } });
    expect(await askAll(() => token)).toEqual([503]);
    answer();
    await started;
    expect(await askAll(() => token)).toEqual([200]);
    expect(setup.server.requests).toHaveLength(1);
  });

  it('fetches once per cooldown for tokens with random kids', async () => {
    await setup.source.start();
    for (const requests of [2, 3]) {
      const asked = setup.nextOutcome();
      expect(await askAll(madeUp)).toEqual([401]);
      await asked;
      expect(await askAll(madeUp)).toEqual([401]);
      expect(setup.server.requests).toHaveLength(requests);
      setup.clock.advance(30);
    }
  });

  it('lets no request wait for the fetch that it causes', async () => {
    await setup.source.start();
    setup.server.answer(() => {});
    const requested = setup.server.nextRequest();
    expect(await ask(madeUp())).toMatchObject({ status: 401 });
    await requested;
    expect(await ask(madeUp())).toMatchObject({ status: 401 });
    expect(await ask(token)).toMatchObject({ status: 200 });
  });

  it('answers 503, never 401, when the keys have become stale', async () => {
    await setup.source.start();
    setup.server.answer((req) => void req.socket.destroy());
    setup.clock.advance(1001);
    expect(await askAll(() => token)).toEqual([503]);
    expect(await askAll(madeUp)).toEqual([503]);
  });
});
