import { describe, expect, it } from '@jest/globals';
import { edges, operationsBetween } from './edges.ts';
import { operations } from './operations.ts';
import { issuerService, services } from './services.ts';

describe('edges', () => {
  // docs/calls.md lists every arrow, and a test fails when it is not current: no arrow is added unseen.
  it('from order are two, to user and to product', () => {
    expect(edges().filter(({ caller }) => caller === 'order')).toEqual([
      { caller: 'order', callee: 'user' },
      { caller: 'order', callee: 'product' },
    ]);
  });

  it.each(['user', 'product'] as const)('do not begin at %s, which calls no service', (caller) => {
    expect(edges().filter((edge) => edge.caller === caller)).toEqual([]);
    for (const callee of services) expect(operationsBetween(caller, callee)).toEqual({});
  });

  it('lead to order from the callers of its operation, and from no other service', () => {
    const callers: readonly string[] = operations['order:orders.read'].callers;
    const found = edges().flatMap(({ caller, callee }) => (callee === 'order' ? [caller] : []));
    expect([...found].sort()).toEqual([...callers].sort());
  });

  it('are the pairs that share an operation', () => {
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
  it('name exactly the operations that list the caller', () => {
    expect(operationsBetween('order', 'user')['user:contacts.read'].method).toBe('GET');
    expect(operationsBetween('order', 'product')['product:quotes.create'].method).toBe('POST');
    // @ts-expect-error an operation of another callee
    expect(operationsBetween('order', 'product')['user:contacts.read']).toBeUndefined();
    // @ts-expect-error no operation lists user
    expect(operationsBetween('user', 'order')['order:orders.read']).toBeUndefined();
    // @ts-expect-error an operation without callers
    expect(operationsBetween('order', 'order')['order:orders.read']).toBeUndefined();
    // @ts-expect-error a service that does not exist
    expect(operationsBetween('elsewhere', 'product')).toEqual({});
  });
});

describe('issuerService', () => {
  it('is one of the services', () => expect(services).toContain(issuerService));
});
