import { describe, expect, it } from '@jest/globals';
import { edges, operationsBetween } from './edges.ts';
import { operations } from './operations.ts';
import { issuerService, services } from './services.ts';

describe('edges', () => {
  it('are the two calls of order, and nothing else', () => {
    expect(edges()).toEqual([
      { caller: 'order', callee: 'user' },
      { caller: 'order', callee: 'product' },
    ]);
  });

  it.each(['user', 'product'] as const)('lead nowhere from %s: it can call nobody', (caller) => {
    expect(edges().filter((edge) => edge.caller === caller)).toEqual([]);
    for (const callee of services) expect(operationsBetween(caller, callee)).toEqual({});
  });

  it('never lead to order, whose operation lists no caller', () => {
    expect(operations['order:orders.read'].callers).toEqual([]);
    expect(edges().filter(({ callee }) => callee === 'order')).toEqual([]);
  });

  it('are the pairs of services with an operation between them', () => {
    const between = services.flatMap((caller) =>
      services
        .filter((callee) => Object.keys(operationsBetween(caller, callee)).length > 0)
        .map((callee) => ({ caller, callee })),
    );
    expect(edges()).toEqual(between);
  });
});

describe('operationsBetween', () => {
  it.each([
    ['order', 'user', ['user:contacts.read']],
    ['order', 'product', ['product:quotes.create']],
    ['order', 'order', []],
    ['user', 'order', []],
    ['product', 'user', []],
  ] as const)('picks for %s at %s %j', (caller, callee, ids) => {
    const picked: Readonly<Record<string, unknown>> = operationsBetween(caller, callee);
    expect(Object.keys(picked)).toEqual(ids);
    for (const id of ids) expect(picked[id]).toBe(operations[id]);
  });
});

describe('the types of operationsBetween', () => {
  it('have the operations that list the caller, and no others', () => {
    expect(operationsBetween('order', 'user')['user:contacts.read'].method).toBe('GET');
    expect(operationsBetween('order', 'product')['product:quotes.create'].method).toBe('POST');
    // @ts-expect-error an operation of another callee
    expect(operationsBetween('order', 'product')['user:contacts.read']).toBeUndefined();
    // @ts-expect-error user is listed for nothing
    expect(operationsBetween('user', 'order')['order:orders.read']).toBeUndefined();
    // @ts-expect-error an operation without callers has no client, also not in its own service
    expect(operationsBetween('order', 'order')['order:orders.read']).toBeUndefined();
    // @ts-expect-error a service that does not exist
    expect(operationsBetween('billing', 'product')).toEqual({});
  });
});

describe('issuerService', () => {
  it('is one of the services', () => expect(services).toContain(issuerService));
});
