import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { graceSeconds, type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const post = (path: string, body: object) => request(harness.server).post(path).send(body);

/** Returns the audit events of some work. */
async function trailOf(work: () => Promise<unknown>) {
  const before = harness.events().length;
  await work();
  return harness
    .events()
    .slice(before)
    .map(({ audit }) => audit);
}

describe('the audit trail of sessions', () => {
  it('records logins with user and session, and failed ones with the reason, without e-mail and password', async () => {
    const { id, email } = await harness.addUser();
    const disabled = await harness.addUser({ disabledAt: new Date() });
    const trail = await trailOf(async () => {
      await post('/auth/login', { email, password });
      await post('/auth/login', { email, password: 'not the password' });
      await post('/auth/login', { email: 'nobody@example.com', password });
      await post('/auth/login', { email: disabled.email, password });
    });
    expect(trail).toMatchObject([
      { event: 'login', outcome: 'ok', user: id, sid: expect.any(String) },
      { event: 'login', outcome: 'failed', user: id, reason: 'wrong_password' },
      { event: 'login', outcome: 'failed', reason: 'unknown_email' },
      { event: 'login', outcome: 'failed', user: disabled.id, reason: 'disabled' },
    ]);
    const text = JSON.stringify(trail);
    for (const secret of [email, disabled.email, 'nobody@example.com', password, 'not the password']) {
      expect(text).not.toContain(secret);
    }
  });

  it('records refreshes, and a reused token with the session that it ended', async () => {
    const { id, email } = await harness.addUser();
    const { refresh_token } = (await post('/auth/login', { email, password })).body;
    const trail = await trailOf(async () => {
      await post('/auth/refresh', { refresh_token });
      await harness.advanceAll(graceSeconds);
      await post('/auth/refresh', { refresh_token });
      await post('/auth/refresh', { refresh_token: 'A'.repeat(43) });
    });
    expect(trail).toMatchObject([
      { event: 'refresh', outcome: 'ok', user: id },
      { event: 'refresh', outcome: 'failed', user: id, reason: expect.stringContaining('used before') },
      { event: 'reuse', outcome: 'ok', user: id },
      { event: 'refresh', outcome: 'failed', reason: 'unknown' },
    ]);
    expect(JSON.stringify(trail)).not.toContain(refresh_token);
  });

  it('records logouts and password changes', async () => {
    const { id, email } = await harness.addUser();
    const logIn = async () => (await post('/auth/login', { email, password })).body;
    const [gone, kept] = [await logIn(), await logIn()];
    const asOwner = (method: 'put' | 'post', path: string) =>
      request(harness.server)[method](path).set('Authorization', `Bearer ${kept.access_token}`);
    const next = 'a completely different password';
    const trail = await trailOf(async () => {
      await post('/auth/logout', { refresh_token: gone.refresh_token });
      await post('/auth/logout', { refresh_token: gone.refresh_token });
      await asOwner('put', '/users/me/password').send({ current: 'not the password', next });
      await asOwner('put', '/users/me/password').send({ current: password, next });
      await asOwner('post', '/auth/logout-all');
    });
    expect(trail).toMatchObject([
      { event: 'logout', outcome: 'ok', user: id },
      { event: 'password', outcome: 'failed', user: id, reason: 'wrong_password' },
      { event: 'password', outcome: 'ok', user: id },
      { event: 'logout', outcome: 'ok', user: id, reason: 'logout_all' },
    ]);
  });
});
