import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const unknownUser = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const address = { line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
const contact = { phone: '+442079460000', address };
const paths = { me: '/users/me', contact: '/users/me/contact' };

const sids = new Map<string, string>();

/** A logged-in user. */
async function addUser() {
  const user = await harness.addUser();
  sids.set(user.id, await harness.addSession(user.id));
  return user;
}

/** The requests of one user. */
function as(sub: string) {
  const sid = sids.get(sub);
  const authorization = `Bearer ${harness.issuer.token({ sub, scope: 'account', ...(sid === undefined ? {} : { sid }) })}`;
  const send = (method: 'get' | 'patch' | 'put', path: string) =>
    request(harness.server)[method](path).set('Authorization', authorization);
  return {
    me: () => send('get', paths.me),
    rename: (body: object) => send('patch', paths.me).send(body),
    contact: () => send('get', paths.contact),
    saveContact: (body: object) => send('put', paths.contact).send(body),
  };
}

describe('GET /users/me', () => {
  it('answers 200 with the user of the token', async () => {
    const { id, email } = await addUser();
    const { status, body } = await as(id).me();
    expect(status).toBe(200);
    expect(body).toEqual({ id, email, name: 'Ada', roles: ['customer'], createdAt: expect.stringMatching(/Z$/) });
  });

  it('answers 404 when the account was deleted', async () => {
    expect((await as(unknownUser).me()).body).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('PATCH /users/me', () => {
  it('answers 200 with the renamed user, and renames no other user', async () => {
    const [ada, eve] = [await addUser(), await addUser()];
    const { status, body } = await as(ada.id).rename({ name: '  Ada King  ' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...(await as(ada.id).me()).body, name: 'Ada King' });
    expect((await as(eve.id).me()).body.name).toBe('Ada');
  });

  it('answers 200 to an empty body and changes nothing', async () => {
    const { id } = await addUser();
    const { status, body } = await as(id).rename({});
    expect([status, body.name]).toEqual([200, 'Ada']);
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(101) }, '/name'],
    [{ name: 'Ada\u0000' }, '/name'],
    [{ name: 'Ada\ud800' }, '/name'],
    [{ name: null }, '/name'],
    [{ roles: ['admin'] }, '/roles'],
    [{ email: 'eve@example.com' }, '/email'],
  ])('answers 422 to %j', async (body, pointer) => {
    const { id } = await addUser();
    const before = (await as(id).me()).body;
    expect((await as(id).rename(body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await as(id).me()).body).toEqual(before);
  });

  it('answers 404 when the account was deleted', async () => {
    expect((await as(unknownUser).rename({ name: 'Ada' })).body).toMatchObject({ status: 404 });
  });
});

describe('PUT /users/me/contact', () => {
  it('answers 200 with the contact and stores it for this user only', async () => {
    const [ada, eve] = [await addUser(), await addUser()];
    const { status, body } = await as(ada.id).saveContact(contact);
    expect([status, body]).toEqual([200, contact]);
    expect((await as(ada.id).contact()).body).toEqual(contact);
    expect((await as(eve.id).contact()).status).toBe(404);
  });

  it('replaces the whole contact', async () => {
    const { id } = await addUser();
    await as(id).saveContact({ ...contact, address: { ...address, line2: 'Floor 2' } });
    await as(id).saveContact({ ...contact, phone: '+4930123456' });
    expect((await as(id).contact()).body).toEqual({ ...contact, phone: '+4930123456' });
  });

  it.each([
    ['an empty body', {}, ['/address', '/phone']],
    ['a local number', { ...contact, phone: '030 123456' }, ['/phone']],
    ['a country in words', { ...contact, address: { ...address, country: 'Britain' } }, ['/address/country']],
    [
      'half an address',
      { ...contact, address: { line1: 'x' } },
      ['/address/city', '/address/country', '/address/postalCode'],
    ],
    ['unknown fields', { ...contact, email: 'x', address: { ...address, geo: 1 } }, ['/address/geo', '/email']],
  ])('answers 422 to %s and names each field', async (_case, body, pointers) => {
    const { id } = await addUser();
    const answer = await as(id).saveContact(body);
    expect(answer.body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(pointers);
    expect((await as(id).contact()).status).toBe(404);
  });

  it('answers 404 when the account was deleted', async () => {
    expect((await as(unknownUser).saveContact(contact)).body).toMatchObject({ status: 404 });
  });
});

describe('GET /users/me/contact', () => {
  it('answers 404 with a hint when no contact was given', async () => {
    const { id } = await addUser();
    const { body } = await as(id).contact();
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
    expect(body.detail).toBe('No contact has been given yet: PUT /users/me/contact.');
  });
});
