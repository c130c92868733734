import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, newSku, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const pointersOf = (errors: { pointer: string }[]) => errors.map(({ pointer }) => pointer).sort();
const post = (body: object) =>
  request(harness.server).post('/products').set('Authorization', harness.bearer('product:write')).send(body);

function change(method: 'patch' | 'delete', id: string, ifMatch?: string) {
  const sent = request(harness.server)[method](`/products/${id}`).set('Authorization', harness.bearer('product:write'));
  return ifMatch === undefined ? sent : sent.set('If-Match', ifMatch);
}

const find = (id: string) => harness.db.client.product.findUnique({ where: { id } });

describe('POST /products', () => {
  const mug = { name: 'Mug', price: 1250, currency: 'EUR', stock: 10 };

  it('answers 201 with the product, its Location and its ETag', async () => {
    const sku = newSku();
    const { status, headers, body } = await post({ ...mug, sku, name: '  Mug ', description: 'Holds\n0.3 l' });
    expect(status).toBe(201);
    const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(body).toEqual({ id, sku, ...mug, description: 'Holds\n0.3 l', active: true, version: 1 });
    expect(headers).toMatchObject({ location: `/products/${body.id}`, etag: '"1"' });
    const reader = harness.bearer('product:read');
    const read = await request(harness.server)
      .get(headers['location'] ?? '')
      .set('Authorization', reader);
    expect(read.body).toEqual(body);
  });

  it('answers 201 to a product without a description', async () => {
    expect((await post({ ...mug, sku: newSku() })).body).toMatchObject({ description: '' });
  });

  it('answers 409 to a used sku, and does not change its product', async () => {
    const { id, sku } = await harness.addProduct();
    expect((await post({ ...mug, sku, name: 'Cup' })).body).toMatchObject({ status: 409, code: 'conflict' });
    expect(await find(id)).toMatchObject({ name: 'Mug' });
  });

  it('answers 201 to one of two concurrent requests with the same sku', async () => {
    const sku = newSku();
    const answers = await Promise.all([post({ ...mug, sku }), post({ ...mug, sku })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('answers 422, lists every wrong and unknown field, and stores nothing', async () => {
    const sku = newSku();
    const wrong = { name: ' ', description: 7, price: -1, currency: 'eur', stock: 1.5, active: false, id: '1' };
    const { body } = await post({ sku, ...wrong });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(pointersOf(body.errors)).toEqual([
      '/active',
      '/currency',
      '/description',
      '/id',
      '/name',
      '/price',
      '/stock',
    ]);
    expect(await harness.db.client.product.count({ where: { sku } })).toBe(0);
  });

  it.each([
    ['sku', ''],
    ['sku', '-1'],
    ['sku', 'a b'],
    ['sku', 'x'.repeat(65)],
    ['name', 'x'.repeat(201)],
    ['name', 'Mug\u0007'],
    ['description', 'x'.repeat(2001)],
    ['description', '\u0000'],
    ['price', '1250'],
    ['price', 100_000_001],
    ['currency', 'EURO'],
    ['stock', 1_000_001],
  ])('answers 422 to %s %j', async (field, value) => {
    const { body } = await post({ ...mug, sku: newSku(), [field]: value });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: `/${field}` }] });
  });
});

describe('PATCH /products/:id', () => {
  it('answers 200 with the changed product and its new ETag', async () => {
    const product = await harness.addProduct();
    const { status, headers, body } = await change('patch', product.id, '"1"').send({ price: 990, active: false });
    expect([status, headers['etag']]).toEqual([200, '"2"']);
    expect(body).toEqual({ ...product, price: 990, active: false, version: 2 });
    expect(await find(product.id)).toMatchObject(body);
  });

  it('accepts If-Match: * for any version', async () => {
    const { id } = await harness.addProduct({ version: 7 });
    const { headers, body } = await change('patch', id, '*').send({ stock: 0 });
    expect([headers['etag'], body.stock, body.version]).toEqual(['"8"', 0, 8]);
  });

  it('answers 428 without If-Match', async () => {
    const { id } = await harness.addProduct();
    const { body } = await change('patch', id).send({ price: 1 });
    expect(body).toMatchObject({ status: 428, code: 'precondition_required' });
    expect(await find(id)).toMatchObject({ price: 1250, version: 1 });
  });

  it.each(['"1", "2"', '"2","1"', 'W/"2", "1"', '"x", "1"'])(
    'takes a list that names the version: %s',
    async (ifMatch) => {
      const { id } = await harness.addProduct();
      const { headers } = await change('patch', id, ifMatch).send({ price: 1 });
      expect(headers['etag']).toBe('"2"');
    },
  );

  it.each(['1', '*, "1"', '"1" "2"'])('answers 400 to If-Match: %s, which is no list of ETags', async (ifMatch) => {
    const { id } = await harness.addProduct();
    const { body } = await change('patch', id, ifMatch).send({ price: 1 });
    expect(body).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining('If-Match') });
  });

  it.each([
    ['*', 412],
    ['"1"', 412],
    ['W/"1"', 412],
    ['"2", "3"', 200],
  ])('answers If-None-Match: %s with %i', async (ifNoneMatch, expected) => {
    const { id } = await harness.addProduct();
    const { status } = await change('patch', id, '*').set('If-None-Match', ifNoneMatch).send({ price: 1 });
    expect(status).toBe(expected);
  });

  it('answers 404 to an unknown product and 422 to wrong fields, for any version', async () => {
    const { id } = await harness.addProduct();
    const missing = await change('patch', '019b0000-0000-7000-8000-00000000dead', '*').send({ price: 1 });
    expect(missing.status).toBe(404);
    expect((await change('patch', id, '"9"').send({ price: -1 })).status).toBe(422);
    expect((await change('patch', id).send({ price: -1 })).status).toBe(422);
  });

  it.each(['"2"', 'W/"1"', '"2", "3"', '"01"', '"x"', ''])('answers 412 to If-Match: %s', async (ifMatch) => {
    const { id } = await harness.addProduct();
    const { headers, body } = await change('patch', id, ifMatch).send({ price: 1 });
    expect(body).toMatchObject({ status: 412, code: 'precondition_failed' });
    expect(headers).not.toHaveProperty('etag');
    expect(await find(id)).toMatchObject({ price: 1250, version: 1 });
  });

  it('answers 200 to one of ten concurrent changes of the same version', async () => {
    const { id } = await harness.addProduct();
    const prices = Array.from({ length: 10 }, (_, index) => index + 1);
    const answers = await Promise.all(prices.map((price) => change('patch', id, '"1"').send({ price })));
    const [winner, ...others] = answers.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9);
    expect(await find(id)).toMatchObject({ price: winner?.body.price, version: 2 });
  });

  it.each([
    [{ sku: 'other' }, ['/sku']],
    [{ version: 9, id: '1' }, ['/id', '/version']],
    [{ price: null, active: 'no' }, ['/active', '/price']],
  ])('answers 422 to %j', async (changes, pointers) => {
    const { id } = await harness.addProduct();
    const { body } = await change('patch', id, '"1"').send(changes);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(pointersOf(body.errors)).toEqual(pointers);
    expect(await find(id)).toMatchObject({ version: 1 });
  });
});

describe('DELETE /products/:id', () => {
  it.each([undefined, '"1"', '*'])('answers 204 with If-Match: %s, and removes the product', async (ifMatch) => {
    const { id } = await harness.addProduct();
    const { status, text } = await change('delete', id, ifMatch);
    expect([status, text]).toEqual([204, '']);
    expect(await find(id)).toBeNull();
    expect((await change('delete', id)).status).toBe(404);
  });

  it.each([
    ['"2", "1"', 204],
    ['W/"1"', 412],
    ['1', 400],
  ])('answers If-Match: %s with %i', async (ifMatch, status) => {
    const { id } = await harness.addProduct();
    expect((await change('delete', id, ifMatch)).status).toBe(status);
  });

  it('answers 412 to another version, and keeps the product', async () => {
    const { id } = await harness.addProduct();
    expect((await change('delete', id, '"2"')).body).toMatchObject({ status: 412, code: 'precondition_failed' });
    expect(await find(id)).not.toBeNull();
  });
});
