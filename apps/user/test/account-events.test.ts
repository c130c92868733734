import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** Returns the audit events of one request. */
async function trailOf(send: (requestId: string) => request.Test) {
  const requestId = randomUUID();
  await send(requestId).set('X-Request-Id', requestId);
  return harness.events().filter((event) => event.requestId === requestId);
}
const register = (email: string) => () =>
  request(harness.server).post('/auth/register').send({ email, password, name: 'Ada' });
const change = (by: { id: string; sid: string }, user: string, changes: object) => () =>
  request(harness.server)
    .patch(`/users/${user}`)
    .set('Authorization', `Bearer ${harness.issuer.token({ sub: by.id, sid: by.sid, scope: 'user:admin' })}`)
    .send(changes);
async function addAdmin() {
  const { id } = await harness.addUser({ roles: ['admin'] });
  return { id, sid: await harness.addSession(id) };
}
const where = { addressPrefix: '127.0.0.0/24' };

describe('the audit trail', () => {
  it('records a registration with the id of the user, without e-mail and password', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const [event, ...more] = await trailOf(register(email));
    const { id: user } = await harness.db.client.user.findUniqueOrThrow({ where: { email } });
    expect(event).toMatchObject({ level: 'info', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(event?.audit).toEqual({ event: 'register', outcome: 'ok', user, ...where });
    expect(more).toEqual([]);
    const again = await trailOf(register(email));
    expect(again.map(({ audit }) => audit)).toEqual([
      { event: 'register', outcome: 'failed', reason: 'email_taken', ...where },
    ]);
    const text = JSON.stringify([event, ...again]);
    expect(text).not.toContain(email);
    expect(text).not.toContain(password);
  });

  it('records which admin changed roles, disabled and enabled which user', async () => {
    const admin = await addAdmin();
    const by = admin.id;
    const { id: user } = await harness.addUser();
    const trail = await trailOf(change(admin, user, { roles: ['admin'], disabled: true }));
    expect(trail.map(({ audit }) => audit)).toEqual([
      { event: 'roles', outcome: 'ok', user, by, ...where },
      { event: 'disable', outcome: 'ok', user, by, ...where },
    ]);
    const [enabled] = await trailOf(change(admin, user, { disabled: false }));
    expect(enabled?.audit).toEqual({ event: 'enable', outcome: 'ok', user, by, ...where });
  });

  it('records the refusal when an admin would remove their own rights', async () => {
    const admin = await addAdmin();
    const { id } = admin;
    const [refused] = await trailOf(change(admin, id, { roles: ['customer'] }));
    expect(refused?.audit).toMatchObject({ event: 'roles', outcome: 'failed', user: id, by: id, reason: 'own_rights' });
  });

  it('records nothing for an unknown user', async () => {
    expect(await trailOf(change(await addAdmin(), randomUUID(), { disabled: true }))).toEqual([]);
  });

  it('is counted in a metric', async () => {
    const { text } = await harness.metrics.render();
    expect(text).toMatch(/^auth_account_events_total\{event="register",outcome="failed",service="user"\} 1$/m);
  });
});
