import { describe, expect, it } from '@jest/globals';
import { BulkheadFull, createBulkhead } from './bulkhead.ts';

describe('a bulkhead', () => {
  it('gives all its slots at once', () => {
    const { enter } = createBulkhead({ slots: 2, waiting: 0, waitMs: 1000 });
    expect([enter(), enter()]).toEqual([undefined, undefined]);
    expect(enter).toThrow(BulkheadFull);
  });

  it('gives a free slot to the request that has waited longest', async () => {
    const { enter, leave } = createBulkhead({ slots: 1, waiting: 2, waitMs: 1000 });
    const order: string[] = [];
    expect(enter()).toBeUndefined();
    const waiting = ['a', 'b'].map(async (name) => {
      await enter();
      order.push(name);
    });
    expect(enter).toThrow(BulkheadFull);
    leave();
    await waiting[0];
    expect(order).toEqual(['a']);
    leave();
    await waiting[1];
    expect(order).toEqual(['a', 'b']);
  });

  it('has all slots again when all requests have left', () => {
    const { enter, leave } = createBulkhead({ slots: 1, waiting: 0, waitMs: 1000 });
    for (let count = 0; count < 3; count += 1) {
      expect(enter()).toBeUndefined();
      leave();
    }
  });

  it('refuses a request that waited too long, and keeps no slot for it', async () => {
    const { enter, leave } = createBulkhead({ slots: 1, waiting: 1, waitMs: 10 });
    expect(enter()).toBeUndefined();
    await expect(enter()).rejects.toThrow(BulkheadFull);
    leave();
    expect(enter()).toBeUndefined();
  });
});

describe('a bulkhead with bounds per client', () => {
  it('lets a client with all its slots wait, and other clients overtake it', async () => {
    const { enter, leave } = createBulkhead({
      slots: 3,
      waiting: 10,
      waitMs: 1000,
      perClient: { slots: 1, waiting: 1 },
    });
    expect(enter('a')).toBeUndefined();
    const waiting = enter('a');
    expect(waiting).toBeInstanceOf(Promise);
    expect(() => enter('a')).toThrow(BulkheadFull);
    expect([enter('b'), enter('c')]).toEqual([undefined, undefined]);
    leave('a');
    await waiting;
  });

  it('gives a free slot to the first waiting client that may have one', async () => {
    const { enter, leave } = createBulkhead({
      slots: 2,
      waiting: 10,
      waitMs: 1000,
      perClient: { slots: 1, waiting: 10 },
    });
    expect([enter('a'), enter('b')]).toEqual([undefined, undefined]);
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (client) => {
      await enter(client);
      order.push(client);
    });
    leave('b');
    await waiting[1];
    expect(order).toEqual(['b']);
    leave('b');
    await waiting[2];
    leave('a');
    await waiting[0];
    expect(order).toEqual(['b', 'c', 'a']);
  });

  it('has all slots again after a request that waited too long and one that got a slot have left', async () => {
    const { enter, leave } = createBulkhead({
      slots: 1,
      waiting: 1,
      waitMs: 10,
      perClient: { slots: 1, waiting: 1 },
    });
    expect(enter('a')).toBeUndefined();
    await expect(enter('a')).rejects.toThrow(BulkheadFull);
    leave('a');
    expect(enter('a')).toBeUndefined();
  });
});
