import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, newSku, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const reader = 'product:read';
const editor = 'product:read product:write';
const newWord = () => `w${randomBytes(6).toString('hex')}`;

function get(path: string, scope = reader) {
  return request(harness.server).get(path).set('Authorization', harness.bearer(scope));
}

describe('GET /products', () => {
  it('answers 200 with the products, without a cursor on the last page', async () => {
    const q = newWord();
    const product = await harness.addProduct({ name: `Mug ${q}`, description: 'Holds 0.3 l' });
    const { status, headers, body } = await get(`/products?q=${q}`);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('link');
    expect(body).toEqual({
      items: [
        {
          id: product.id,
          sku: product.sku,
          name: `Mug ${q}`,
          description: 'Holds 0.3 l',
          price: 1250,
          currency: 'EUR',
          stock: 10,
          active: true,
          version: 1,
        },
      ],
      next_cursor: null,
    });
  });

  it('lists all products once, by Link and by next_cursor', async () => {
    const q = newWord();
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.push((await harness.addProduct({ description: q })).id);
    const walked: string[][] = [];
    for (let path: string | undefined = `/products?limit=3&q=${q}`; path !== undefined; ) {
      const { headers, body } = await get(path);
      walked.push(body.items.map(({ id }: { id: string }) => id));
      path = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      expect(new URLSearchParams(path?.split('?')[1]).get('cursor')).toBe(body.next_cursor);
    }
    expect(walked.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(walked.flat()).toEqual(ids.sort());
  });

  it('ends without an empty page when the last page is full', async () => {
    const q = newWord();
    await Promise.all([1, 2].map(() => harness.addProduct({ description: q })));
    expect((await get(`/products?limit=2&q=${q}`)).body).toMatchObject({ items: [{}, {}], next_cursor: null });
  });

  it('lists 20 products by default, and up to 100', async () => {
    const q = newWord();
    const product = { name: 'Mug', price: 1, currency: 'EUR', stock: 1, description: q };
    const data = Array.from({ length: 101 }, () => ({ ...product, sku: newSku() }));
    await harness.db.client.product.createMany({ data });
    expect((await get(`/products?q=${q}`)).body.items).toHaveLength(20);
    expect((await get(`/products?limit=100&q=${q}`)).body.items).toHaveLength(100);
    expect((await get(`/products?limit=1&q=${q}`)).body.items).toHaveLength(1);
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=-1', '/limit'],
    ['limit=1e1', '/limit'],
    ['limit=', '/limit'],
    ['limit=5&limit=6', '/limit'],
    ['cursor=1', '/cursor'],
    ['cursor=', '/cursor'],
    ['q=', '/q'],
    [`q=${'x'.repeat(101)}`, '/q'],
    ['q=%00', '/q'],
  ])('answers 422 to ?%s', async (query, pointer) => {
    const { body } = await get(`/products?${query}`);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer }] });
  });

  it.each(['name', 'description', 'sku'])('finds text in %s, in any case', async (field) => {
    const q = newWord();
    const { id } = await harness.addProduct({ [field]: `A-${q}-b` });
    expect((await get(`/products?q=${q.toUpperCase()}`)).body.items).toMatchObject([{ id }]);
  });

  it.each(['%', '_', '\\'])('takes %s in the text literally', async (sign) => {
    const word = newWord();
    await harness.addProduct({ name: `${word}x1` });
    const { id } = await harness.addProduct({ name: `${word}${sign}1` });
    const { body } = await get(`/products?q=${encodeURIComponent(`${word}${sign}1`)}`);
    expect(body.items).toMatchObject([{ id }]);
  });

  it('hides inactive products from readers, and shows them to editors', async () => {
    const q = newWord();
    const shown = await harness.addProduct({ name: q });
    const hidden = await harness.addProduct({ name: q, active: false });
    expect((await get(`/products?q=${q}`)).body.items).toMatchObject([{ id: shown.id }]);
    const { items } = (await get(`/products?q=${q}`, editor)).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([shown.id, hidden.id].sort());
  });
});

describe('GET /products/:id', () => {
  it('answers 200 with the product and a strong ETag', async () => {
    const product = await harness.addProduct();
    const { status, headers, body } = await get(`/products/${product.id}`);
    expect([status, headers['etag']]).toEqual([200, '"1"']);
    expect(body).toEqual({
      id: product.id,
      sku: product.sku,
      name: 'Mug',
      description: '',
      price: 1250,
      currency: 'EUR',
      stock: 10,
      active: true,
      version: 1,
    });
  });

  it('answers 404 to readers of an inactive product, also with its ETag, and 200 to editors', async () => {
    const { id } = await harness.addProduct({ active: false });
    expect((await get(`/products/${id}`)).body).toMatchObject({ status: 404, code: 'not_found' });
    const conditional = await get(`/products/${id}`).set('If-None-Match', '"1"');
    expect(conditional.body).toMatchObject({ status: 404, code: 'not_found' });
    expect(conditional.headers).not.toHaveProperty('etag');
    expect((await get(`/products/${id}`, editor)).body).toMatchObject({ id, active: false });
  });

  it('accepts the id in capital letters', async () => {
    const { id } = await harness.addProduct();
    expect((await get(`/products/${id.toUpperCase()}`)).body.id).toBe(id);
  });

  it('answers 304 without a body to If-None-Match with the ETag', async () => {
    const { id } = await harness.addProduct();
    const { status, headers, text } = await get(`/products/${id}`).set('If-None-Match', '"1"');
    expect([status, text, headers['etag']]).toEqual([304, '', '"1"']);
  });

  it.each([
    ['a list that holds it', '"9", "1"'],
    ['the weak tag', 'W/"1"'],
    ['*', '*'],
  ])('answers 304 to If-None-Match with %s, also to HEAD', async (_case, value) => {
    const { id } = await harness.addProduct();
    expect((await get(`/products/${id}`).set('If-None-Match', value)).status).toBe(304);
    const head = request(harness.server).head(`/products/${id}`).set('Authorization', harness.bearer('product:read'));
    expect((await head.set('If-None-Match', value)).status).toBe(304);
  });

  it('answers 404 to an unknown product, and 412 when If-Match names another version', async () => {
    const { id } = await harness.addProduct();
    const missing = get('/products/019b0000-0000-7000-8000-00000000dead');
    expect((await missing.set({ 'If-None-Match': '*', 'If-Match': '"1"' })).status).toBe(404);
    expect((await get(`/products/${id}`).set('If-Match', '"2"')).body).toMatchObject({ code: 'precondition_failed' });
    expect((await get(`/products/${id}`).set('If-Match', '"1", "2"')).status).toBe(200);
  });

  it('answers 200 to If-None-Match with the ETag of another version', async () => {
    const { id } = await harness.addProduct({ version: 2 });
    expect((await get(`/products/${id}`).set('If-None-Match', '"1"')).status).toBe(200);
  });
});
