import { describe, expect, it } from '@jest/globals';
import { ada, admin, demoProducts, mug } from './demo-data.ts';
import { isLocalDatabase } from './seed-demo-data.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('demo data', () => {
  it('has twelve products with different ids and skus', () => {
    expect(new Set(demoProducts.map(({ id }) => id)).size).toBe(12);
    expect(new Set(demoProducts.map(({ sku }) => sku)).size).toBe(12);
  });

  it.each([ada, admin, ...demoProducts].map(({ name, id }) => [name, id]))('%s has a UUIDv7', (_name, id) => {
    expect(id).toMatch(uuidV7);
  });

  it('has available, sold out and inactive products', () => {
    expect(mug).toMatchObject({ active: true });
    expect(mug.stock).toBeGreaterThan(100);
    expect(demoProducts.filter(({ stock }) => stock === 0)).toHaveLength(1);
    expect(demoProducts.filter(({ active }) => !active)).toHaveLength(1);
  });
});

describe('isLocalDatabase', () => {
  it.each([
    ['postgres://a@127.0.0.1:5432/x', true],
    ['postgres://a@localhost/x', true],
    ['postgres://a@[::1]/x', true],
    ['postgres://a@db.example.com/x', false],
    ['postgres://a@localhost.example.com/x', false],
    ['postgres://a@10.0.0.7/x', false],
    ['postgres://a@localhost/x?host=db.example.com', false],
  ])('of %s is %s', (url, expected) => {
    expect(isLocalDatabase(url)).toBe(expected);
  });
});
