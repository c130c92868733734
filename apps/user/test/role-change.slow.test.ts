import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { AccountEvent } from '../src/accounts/account-event.ts';
import { createRoleStore } from '../src/accounts/rights-store.ts';
import { createRoleChange, type RoleChange } from '../src/accounts/role-change.ts';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** Opens an operator with access to the database, and the audit events of the changes. */
function openOperator() {
  const events: AccountEvent[] = [];
  const store = createRoleStore(harness.db);
  const change = createRoleChange({ store, audit: (event) => events.push(event), now: harness.now });
  const grant = (wanted: Omit<RoleChange, 'command'>) => change({ command: 'grant', ...wanted });
  const revoke = (wanted: Omit<RoleChange, 'command'>) => change({ command: 'revoke', ...wanted });
  return { events, grant, revoke };
}
const rolesOf = async (id: string) => (await harness.db.client.user.findUniqueOrThrow({ where: { id } })).roles;
const logIn = async (email: string) =>
  (await request(harness.server).post('/auth/login').send({ email, password })).body;

describe('an operator', () => {
  it('grants a role: an audit event, a cut-off of running tokens, and the scopes at the next login', async () => {
    const { id, email } = await harness.addUser();
    const { access_token } = await logIn(email);
    const { sid, iat } = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString());
    const operator = openOperator();
    const roles = ['customer', 'admin'];
    expect(await operator.grant({ email, role: 'admin' })).toEqual({ id, roles, disabled: false, isChanged: true });
    expect(operator.events).toEqual([{ event: 'roles', outcome: 'ok', user: id, by: 'operator' }]);
    const cuts = await harness.db.client.revocationEvent.findMany({ where: { sessionId: sid } });
    expect(cuts).toMatchObject([{ kind: 'token-claims-change', reason: 'roles', notBefore: BigInt(iat) }]);
    expect((await logIn(email)).scope).toContain('user:admin');
  });

  it('may repeat a grant or a revocation, which changes, revokes and audits nothing', async () => {
    const { email } = await harness.addUser({ roles: ['customer', 'admin'] });
    const operator = openOperator();
    const before = await harness.db.client.revocationEvent.count();
    expect(await operator.grant({ email, role: 'admin' })).toMatchObject({ isChanged: false });
    expect(operator.events).toEqual([]);
    expect(await harness.db.client.revocationEvent.count()).toBe(before);
    await harness.addUser({ roles: ['admin'] });
    expect(await operator.revoke({ email, role: 'admin' })).toMatchObject({ isChanged: true, roles: ['customer'] });
    expect(await operator.revoke({ email, role: 'admin' })).toMatchObject({ isChanged: false, roles: ['customer'] });
  });

  it('gets user_not_found for an unknown account', async () => {
    const { grant, events } = openOperator();
    await expect(grant({ email: 'nobody@example.com', role: 'admin' })).rejects.toMatchObject({
      code: 'user_not_found',
    });
    expect(events).toEqual([]);
  });

  it('gets last_role for the only role of an account', async () => {
    const { id, email } = await harness.addUser();
    expect(await openOperator().revoke({ email, role: 'customer' })).toBe('last_role');
    expect(await rolesOf(id)).toEqual(['customer']);
  });

  it('gets last_admin for the role of the last enabled admin, which is audited', async () => {
    await harness.db.client.user.updateMany({ where: { roles: { has: 'admin' } }, data: { roles: ['customer'] } });
    await harness.addUser({ roles: ['admin'], disabledAt: new Date() });
    const { id, email } = await harness.addUser({ roles: ['customer', 'admin'] });
    const { revoke, events } = openOperator();
    await expect(revoke({ email, role: 'admin' })).rejects.toMatchObject({ code: 'last_admin' });
    expect(events).toEqual([{ event: 'roles', outcome: 'failed', user: id, by: 'operator', reason: 'last_admin' }]);
    expect(await rolesOf(id)).toEqual(['customer', 'admin']);
  });

  it('leaves one admin when the role of the last two is revoked concurrently', async () => {
    for (let round = 0; round < 5; round += 1) {
      await harness.db.client.user.updateMany({ where: { roles: { has: 'admin' } }, data: { roles: ['customer'] } });
      const admins = [await harness.addUser({ roles: ['customer', 'admin'] })];
      admins.push(await harness.addUser({ roles: ['customer', 'admin'] }));
      const { revoke } = openOperator();
      const results = await Promise.allSettled(admins.map(({ email }) => revoke({ email, role: 'admin' })));
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});
