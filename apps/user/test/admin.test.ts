import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
let adminId: string;
beforeAll(async () => {
  harness = await openHarness();
  adminId = (await addAdmin()).id;
});
afterAll(() => harness.close());

const unknownUser = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const customerScope = 'account product:read order:read order:write';

const sids = new Map<string, string>();

/** A logged-in admin. */
async function addAdmin() {
  const admin = await harness.addUser({ roles: ['admin'] });
  sids.set(admin.id, await harness.addSession(admin.id));
  return admin;
}

/** The requests of an admin. */
function as(sub: string) {
  const sid = sids.get(sub);
  const claims = { sub, scope: 'user:admin', ...(sid === undefined ? {} : { sid }) };
  const authorization = `Bearer ${harness.issuer.token(claims)}`;
  return {
    get: (path: string) => request(harness.server).get(path).set('Authorization', authorization),
    change: (id: string, body: object) =>
      request(harness.server).patch(`/users/${id}`).set('Authorization', authorization).send(body),
  };
}

const logIn = (email: string) => request(harness.server).post('/auth/login').send({ email, password });
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });

/** A logged-in user. */
async function loggedIn(data: { roles?: string[] } = {}) {
  const user = await harness.addUser(data);
  const { body } = await logIn(user.email);
  return { ...user, refreshToken: String(body.refresh_token) };
}

describe('GET /users', () => {
  it('answers 200 with all users, page by page, by the links', async () => {
    for (let i = 0; i < 5; i += 1) await harness.addUser();
    const ids: string[] = [];
    let path: string | undefined = '/users?limit=2';
    while (path !== undefined) {
      const { status, headers, body } = await as(adminId).get(path);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      path = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      expect(path).toBe(body.next_cursor === null ? undefined : `/users?limit=2&cursor=${body.next_cursor}`);
    }
    const users = await harness.db.client.user.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
    expect(ids).toEqual(users.map(({ id }) => id));
  });

  it('shows the fields for admins and no secret', async () => {
    const { id, email } = await harness.addUser({ disabledAt: new Date() });
    const { body } = await as(adminId).get('/users?limit=100');
    expect(body.items.find((user: { id: string }) => user.id === id)).toEqual({
      id,
      email,
      name: 'Ada',
      roles: ['customer'],
      disabled: true,
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=2&limit=3', '/limit'],
    ['cursor=nonsense', '/cursor'],
  ])('answers 422 to ?%s', async (query, pointer) => {
    const { body } = await as(adminId).get(`/users?${query}`);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer }] });
  });
});

describe('GET /users/:id', () => {
  it('answers 200 with the user', async () => {
    const { id, email } = await harness.addUser();
    const { status, body } = await as(adminId).get(`/users/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      email,
      name: 'Ada',
      roles: ['customer'],
      disabled: false,
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it.each([unknownUser, '1', "'%20or%201=1"])('answers 404 to %s', async (id) => {
    expect((await as(adminId).get(`/users/${id}`)).body).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('PATCH /users/:id', () => {
  it('revokes no token when the roles stay the same, in any order', async () => {
    const { id } = await loggedIn({ roles: ['customer', 'admin'] });
    const cuts = () => harness.db.client.revocationEvent.count({ where: { kind: 'token-claims-change' } });
    const before = await cuts();
    expect((await as(adminId).change(id, { roles: ['admin', 'customer'] })).status).toBe(200);
    expect(await cuts()).toBe(before);
    await as(adminId).change(id, { roles: ['customer'] });
    expect(await cuts()).toBe(before + 1);
  });

  it('answers 200 with the new roles, which the next login has', async () => {
    const { id, email, refreshToken } = await loggedIn();
    const { status, body } = await as(adminId).change(id, { roles: ['customer', 'admin'] });
    expect(status).toBe(200);
    expect(body).toEqual({ ...(await as(adminId).get(`/users/${id}`)).body, roles: ['customer', 'admin'] });
    expect((await logIn(email)).body.scope).toBe(`${customerScope} product:write order:read-any user:admin`);
    // A session keeps the grant of its login.
    expect((await refresh(refreshToken)).body.scope).toBe(customerScope);
  });

  it('removes the scopes of a removed role from the next token of running sessions', async () => {
    const { id, refreshToken } = await loggedIn({ roles: ['admin'] });
    expect((await as(adminId).change(id, { roles: ['customer'] })).body.roles).toEqual(['customer']);
    expect((await refresh(refreshToken)).body.scope).toBe(customerScope);
  });

  it('disabled: refresh and login of the user answer 401', async () => {
    const [ada, eve] = [await loggedIn(), await loggedIn()];
    const { status, body } = await as(adminId).change(ada.id, { disabled: true });
    expect([status, body.disabled]).toEqual([200, true]);
    expect((await refresh(ada.refreshToken)).body).toMatchObject({ status: 401, code: 'invalid_refresh_token' });
    expect((await logIn(ada.email)).body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect((await refresh(eve.refreshToken)).status).toBe(200);
  });

  it('enabled again: login answers 200, and the former sessions stay ended', async () => {
    const { id, email, refreshToken } = await loggedIn();
    await as(adminId).change(id, { disabled: true });
    expect((await as(adminId).change(id, { disabled: false })).body.disabled).toBe(false);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await logIn(email)).status).toBe(200);
  });

  it('answers 200 to an empty body and changes nothing', async () => {
    const { id, refreshToken } = await loggedIn();
    const before = (await as(adminId).get(`/users/${id}`)).body;
    const { status, body } = await as(adminId).change(id, {});
    expect(status).toBe(200);
    expect(body).toEqual(before);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it.each([[{ disabled: true }], [{ roles: ['customer'] }], [{ roles: ['customer'], disabled: false }]])(
    'answers 409 to an admin who asks %j of themselves, however the id is written',
    async (changes) => {
      const { id, refreshToken } = await loggedIn({ roles: ['admin'] });
      for (const spelling of [id, id.toUpperCase()]) {
        expect((await as(id).change(spelling, changes)).body).toMatchObject({ status: 409, code: 'conflict' });
      }
      expect((await as(id).get(`/users/${id}`)).body).toMatchObject({ roles: ['admin'], disabled: false });
      expect((await refresh(refreshToken)).status).toBe(200);
    },
  );

  it('answers 200 to a change of the own account that keeps the admin role', async () => {
    const { id } = await addAdmin();
    const { status, body } = await as(id).change(id, { roles: ['admin', 'customer'], disabled: false });
    expect([status, body.roles]).toEqual([200, ['admin', 'customer']]);
  });

  it.each([unknownUser, '1'])('answers 404 to the id %s', async (id) => {
    expect((await as(adminId).change(id, { disabled: true })).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    [{ roles: [] }, ['/roles']],
    [{ roles: 'admin' }, ['/roles']],
    [{ roles: ['customer', 'customer'] }, ['/roles']],
    [{ roles: ['customer', 'root'] }, ['/roles/1']],
    [{ disabled: 'true' }, ['/disabled']],
    [{ disabled: null }, ['/disabled']],
    [{ email: 'eve@example.com', passwordHash: 'x' }, ['/email', '/passwordHash']],
  ])('answers 422 to %j and changes nothing', async (changes, pointers) => {
    const { id } = await harness.addUser();
    const before = (await as(adminId).get(`/users/${id}`)).body;
    const { body } = await as(adminId).change(id, changes);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(pointers);
    expect((await as(adminId).get(`/users/${id}`)).body).toEqual(before);
  });
});
