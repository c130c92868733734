import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

interface LoggedIn {
  readonly id: string;
  readonly sid: string;
  readonly token: string;
}

/** The harness verifies tokens without a feed, like a replica that has not received a cut-off yet. */
async function logIn(roles = ['customer']): Promise<LoggedIn> {
  const { id, email } = await harness.addUser({ roles });
  const { body } = await request(harness.server).post('/auth/login').send({ email, password });
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  return { id, sid: String(claims.sid), token: String(body.access_token) };
}

const send = ({ token }: LoggedIn, method: 'patch' | 'put' | 'post' | 'delete', path: string, body: object = {}) =>
  request(harness.server)[method](path).set('Authorization', `Bearer ${token}`).send(body);
const change = (admin: LoggedIn, { id }: { id: string }, changes: object) =>
  send(admin, 'patch', `/users/${id}`, changes);
const userOf = ({ id }: { id: string }) => harness.db.client.user.findUniqueOrThrow({ where: { id } });
const address = { line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };

/** All routes by which users change their own account. */
const ownChanges: [string, (user: LoggedIn) => request.Test][] = [
  ['PATCH /users/me', (user) => send(user, 'patch', '/users/me', { name: 'Eve' })],
  ['PUT /users/me/contact', (user) => send(user, 'put', '/users/me/contact', { phone: '+442079460000', address })],
  [
    'PUT /users/me/password',
    (user) => send(user, 'put', '/users/me/password', { current: password, next: 'staple battery horse correct' }),
  ],
  ['DELETE /auth/sessions/:sid', (user) => send(user, 'delete', `/auth/sessions/${user.sid}`)],
  ['POST /auth/logout-all', (user) => send(user, 'post', '/auth/logout-all')],
];

/** The ways to lose the right to make these changes, while other services still accept the access token. */
const losses: [string, (user: LoggedIn) => Promise<unknown>][] = [
  [
    'session was ended',
    async ({ sid }) =>
      harness.db.client.session.update({ where: { id: sid }, data: { endedAt: new Date(), endReason: 'ended' } }),
  ],
  [
    'account was disabled',
    async ({ id }) => harness.db.client.user.update({ where: { id }, data: { disabledAt: new Date() } }),
  ],
  ['roles were changed', async (user) => change(await logIn(['admin']), user, { roles: ['customer', 'admin'] })],
];

describe.each(ownChanges)('%s', (_route, attempt) => {
  it.each(losses)('answers 401 token_revoked and changes nothing when the %s meanwhile', async (_case, lose) => {
    const user = await logIn();
    const other = await harness.addSession(user.id);
    await lose(user);
    const before = await userOf(user);
    const { body, headers } = await attempt(user);
    expect(body).toMatchObject({ status: 401, code: 'token_revoked' });
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
    expect(await userOf(user)).toEqual(before);
    expect((await harness.db.client.session.findUniqueOrThrow({ where: { id: other } })).endedAt).toBeNull();
  });

  it('answers 401 token_revoked to a token with the session of another user', async () => {
    const [user, other] = [await logIn(), await logIn()];
    const token = harness.issuer.token({ sub: user.id, sid: other.sid, scope: 'account' });
    expect((await attempt({ ...user, token })).body).toMatchObject({ status: 401, code: 'token_revoked' });
  });
});

describe('PATCH /users/:id', () => {
  it('answers 401 to an admin whose role was removed, so the admin cannot restore it', async () => {
    const [admin, removed] = [await logIn(['admin']), await logIn(['admin'])];
    expect((await change(admin, removed, { roles: ['customer'] })).status).toBe(200);
    const attempt = await change(removed, removed, { roles: ['admin', 'customer'] });
    expect(attempt.body).toMatchObject({ status: 401, code: 'token_revoked' });
    expect((await userOf(removed)).roles).toEqual(['customer']);
    const [event] = harness.events().filter(({ audit }) => audit['by'] === removed.id);
    expect(event?.audit).toMatchObject({ event: 'roles', outcome: 'failed', reason: 'session_ended' });
  });

  it('answers 403 when the role was removed without a cut-off', async () => {
    const [removed, target] = [await logIn(['admin']), await logIn()];
    await harness.db.client.user.update({ where: { id: removed.id }, data: { roles: ['customer'] } });
    const { body, headers } = await change(removed, target, { disabled: true });
    expect(body).toMatchObject({ status: 403, code: 'insufficient_scope' });
    expect(headers['www-authenticate']).toContain('scope="user:admin"');
    expect((await userOf(target)).disabledAt).toBeNull();
  });

  it('leaves one of two admins who remove or disable each other at the same time', async () => {
    for (const changes of [{ roles: ['customer'] }, { disabled: true }]) {
      for (let round = 0; round < 5; round += 1) {
        const [ada, eve] = [await logIn(['admin']), await logIn(['admin'])];
        const answers = await Promise.all([change(ada, eve, changes), change(eve, ada, changes)]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
        const left = (await Promise.all([userOf(ada), userOf(eve)])).filter(
          ({ roles, disabledAt }) => roles.includes('admin') && disabledAt === null,
        );
        expect(left).toHaveLength(1);
      }
    }
  });

  it('does not let repeated changes by an admin prevent the removal of that admin', async () => {
    const [admin, removed] = [await logIn(['admin']), await logIn(['admin'])];
    const loop = Array.from({ length: 20 }, () => change(removed, removed, { roles: ['admin', 'customer'] }));
    await Promise.all([...loop.slice(0, 10), change(admin, removed, { roles: ['customer'] }), ...loop.slice(10)]);
    expect((await userOf(removed)).roles).toEqual(['customer']);
  });
});

describe('PUT /users/me/password, twice at the same time', () => {
  const next = ['staple battery horse correct', 'another battery horse correct'] as const;

  it('from one session: one is answered 204, the other 409, and the session continues', async () => {
    const refusals = new Set<number | undefined>();
    // On a busy machine the second request may begin after the first has ended: its current password is then wrong, 401.
    for (let round = 0; round < 10 && !refusals.has(409); round += 1) {
      const user = await logIn();
      const answers = await Promise.all(
        next.map((text) => send(user, 'put', '/users/me/password', { current: password, next: text })),
      );
      const statuses = answers.map(({ status }) => status);
      refusals.add(statuses.find((status) => status !== 204));
      const won = next[statuses.indexOf(204)];
      const { email } = await userOf(user);
      const logins = await Promise.all(
        next.map((text) => request(harness.server).post('/auth/login').send({ email, password: text })),
      );
      expect(logins.map(({ status }) => status)).toEqual(next.map((text) => (text === won ? 200 : 401)));
      expect((await harness.db.client.session.findUniqueOrThrow({ where: { id: user.sid } })).endedAt).toBeNull();
    }
    expect(refusals).toContain(409);
    for (const status of refusals) expect([401, 409]).toContain(status);
  });

  it('from two sessions: the session of the change continues, the other has ended', async () => {
    const user = await logIn();
    const sid = await harness.addSession(user.id);
    const other = { ...user, sid, token: harness.issuer.token({ sub: user.id, sid, scope: 'account' }) };
    const both = [user, other];
    const answers = await Promise.all(
      both.map((one, index) => send(one, 'put', '/users/me/password', { current: password, next: next[index] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    const running = await harness.db.client.session.findMany({ where: { userId: user.id, endedAt: null } });
    const winner = both[answers.findIndex(({ status }) => status === 204)];
    expect(running.map(({ id }) => id)).toEqual([winner?.sid]);
  });
});
