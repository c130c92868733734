import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ sessionsPerAccount: 8 });
});
afterAll(() => harness.close());

const logIn = (email: string) => request(harness.server).post('/auth/login').send({ email, password });
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });
const send = (method: 'patch' | 'post' | 'delete', path: string, token: string) =>
  request(harness.server)[method](path).set('Authorization', `Bearer ${token}`);

async function admin() {
  const { id } = await harness.addUser({ roles: ['admin'] });
  const token = harness.issuer.token({ sub: id, sid: await harness.addSession(id), scope: 'user:admin' });
  return (user: string, changes: object) => send('patch', `/users/${user}`, token).send(changes);
}

interface Opened {
  readonly access: string;
  readonly refreshToken: string;
  readonly sid: string;
}

async function openSessions(email: string, count: number): Promise<Opened[]> {
  const answers = [];
  for (let index = 0; index < count; index += 1) answers.push(await logIn(email));
  return answers.map(({ body }) => ({
    access: String(body.access_token),
    refreshToken: String(body.refresh_token),
    sid: JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).sid,
  }));
}

describe('PATCH /users/:id {disabled: true} during logins and refreshes', () => {
  it('ends every session, with a cut-off that outlasts all issued tokens', async () => {
    const { id, email } = await harness.addUser();
    const opened = await openSessions(email, 4);
    const change = await admin();
    const [disabled] = await Promise.all([
      change(id, { disabled: true }),
      ...opened.map(({ refreshToken }) => refresh(refreshToken)),
      ...Array.from({ length: 4 }, () => logIn(email)),
    ]);
    expect(disabled.status).toBe(200);
    const sessions = await harness.db.client.session.findMany({ where: { userId: id } });
    for (const { id: sessionId, endedAt, lastExp } of sessions) {
      expect(endedAt).not.toBeNull();
      const events = await harness.db.client.revocationEvent.findMany({
        where: { sessionId, kind: 'session-revoked' },
      });
      expect(events.map(({ keepUntil }) => keepUntil)).toEqual([lastExp + 10n]);
    }
  });
});

describe('concurrent requests of one account', () => {
  it('run without a deadlock: no answer is 5xx', async () => {
    const change = await admin();
    for (let round = 0; round < 3; round += 1) {
      const { id, email } = await harness.addUser();
      const opened = await openSessions(email, 8);
      const answers = await Promise.all([
        ...opened.map(({ refreshToken }) => refresh(refreshToken)),
        ...opened.map(({ access }, index) =>
          send('delete', `/auth/sessions/${opened[(index + 1) % opened.length]?.sid}`, access),
        ),
        ...opened.map(({ access }) => send('patch', '/users/me', access).send({ name: 'Ada King' })),
        ...opened.slice(0, 4).map(({ access }) => send('post', '/auth/logout-all', access)),
        ...Array.from({ length: 4 }, () => logIn(email)),
        change(id, { roles: ['customer', 'admin'] }),
        change(id, { roles: ['customer'] }),
      ]);
      expect(answers.filter(({ status }) => status >= 500).map(({ body }) => body)).toEqual([]);
      expect(await harness.db.client.session.count({ where: { userId: id, endedAt: null } })).toBeLessThanOrEqual(8);
    }
  });
});
