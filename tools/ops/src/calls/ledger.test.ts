import { describe, expect, it } from '@jest/globals';
import { ledgerOf } from './ledger.ts';
import { shopMap } from './map.fixture.ts';
import type { CallCount, Scrape } from './scrape.ts';

type Service = Scrape['source']['service'];
const source = (service: Service, port = 1) => ({ service, url: `http://127.0.0.1:${port}` });
const allow = (operation: string, caller: string, count: number): CallCount => ({
  operation,
  caller,
  count,
  decision: 'allow',
  reason: 'none',
});
const deny = (operation: string, caller: string, reason: string, count = 1): CallCount => ({
  operation,
  caller,
  count,
  decision: 'deny',
  reason,
});

describe('ledgerOf', () => {
  it('adds up each caller at each operation, over all processes of the callee', () => {
    const quotes = 'product:quotes.create';
    const { rows } = ledgerOf(
      [
        { source: source('product', 1), counts: [allow(quotes, 'order', 3), deny(quotes, 'order', 'replayed')] },
        {
          source: source('product', 2),
          counts: [allow(quotes, 'order', 4), deny(quotes, 'order', 'replayed', 2), deny(quotes, 'order', 'expired')],
        },
      ],
      shopMap,
    );
    const row = { callee: 'product', caller: 'order', operation: quotes, standing: 'listed' };
    expect(rows).toEqual([{ ...row, allowed: 7, refused: 4, reasons: { replayed: 3, expired: 1 } }]);
  });

  it('says of each row what the map says of it, in the order of the map', () => {
    const { rows } = ledgerOf(
      [
        {
          source: source('product'),
          counts: [
            deny('unmatched', 'unknown', 'not_an_operation'),
            deny('product:quotes.delete', 'order', 'caller'),
            deny('product:quotes.create', 'unknown', 'signature'),
            deny('product:quotes.create', 'user', 'caller'),
            allow('product:quotes.create', 'order', 1),
          ],
        },
        {
          source: source('user'),
          counts: [
            deny('unmatched', 'unknown', 'not_an_operation'),
            deny('toString', 'order', 'caller'),
            allow('user:contacts.read', 'product', 1),
            allow('user:contacts.read', 'order', 1),
          ],
        },
      ],
      shopMap,
    );
    expect(
      rows.map(({ callee, caller, operation, standing }) => `${callee}: ${caller} ${operation}, ${standing}`),
    ).toEqual([
      'user: order user:contacts.read, listed',
      'user: product user:contacts.read, listed',
      'product: order product:quotes.create, listed',
      'product: user product:quotes.create, not listed',
      'product: unknown product:quotes.create, unknown',
      'user: order toString, no operation',
      'user: unknown unmatched, no operation',
      'product: order product:quotes.delete, no operation',
      'product: unknown unmatched, no operation',
    ]);
  });

  it('names who is listed and was never let in, where all processes of the callee have answered', () => {
    const never = (scrapes: Scrape[]) =>
      ledgerOf(scrapes, shopMap).neverUsed.map(({ caller, operation }) => `${caller} -> ${operation}`);
    const used = { source: source('user'), counts: [allow('user:contacts.read', 'order', 1)] };
    const refused = { source: source('product'), counts: [deny('product:quotes.create', 'order', 'expired')] };
    const unused = ['product -> user:contacts.read', 'order -> product:quotes.create'];
    expect(never([used, refused, { source: source('order'), counts: [] }])).toEqual(unused);
    expect(never([used, { source: source('product'), problem: 'answers 500' }])).toEqual(unused.slice(0, 1));
    expect(never([used, refused, { source: source('product', 2), problem: 'answers 500' }])).toEqual(
      unused.slice(0, 1),
    );
  });

  it('keeps apart who answered and who did not', () => {
    const silent = { source: source('order'), problem: 'answers 500' };
    const ledger = ledgerOf([{ source: source('user'), counts: [] }, silent], shopMap);
    expect(ledger).toMatchObject({ answered: [source('user')], silent: [silent] });
  });
});
