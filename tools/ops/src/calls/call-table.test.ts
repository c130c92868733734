import { describe, expect, it } from '@jest/globals';
import { callTable, markdownTable } from './call-table.ts';
import { shopMap } from './map.fixture.ts';

describe('callTable', () => {
  it('says of each operation its route, who may call it and for whom, and who calls nobody', () => {
    expect(callTable(shopMap).split('\n')).toEqual([
      'operation              method and path                  callers              user',
      'user:contacts.read     GET /internal/users/:id/contact  product, order       required, with account order:read',
      'product:quotes.create  POST /internal/quotes            order                none',
      'order:orders.read      GET /internal/orders/:id         nobody: a shut door  none',
      '',
      'No outgoing arrow, so no key to call with: user.',
    ]);
  });

  it('says so when every service calls another', () => {
    const { services, operations } = shopMap;
    const talkative = callTable({ services: services.filter((name) => name !== 'user'), operations });
    expect(talkative).toMatch(/\nNo outgoing arrow, so no key to call with: none\.$/);
  });
});

describe('markdownTable', () => {
  it('is the same in Markdown', () => {
    expect(markdownTable(shopMap).split('\n')).toEqual([
      '| operation | method and path | callers | user |',
      '| --- | --- | --- | --- |',
      '| `user:contacts.read` | `GET /internal/users/:id/contact` | product, order | required, with account order:read |',
      '| `product:quotes.create` | `POST /internal/quotes` | order | none |',
      '| `order:orders.read` | `GET /internal/orders/:id` | nobody: a shut door | none |',
      '',
      'No outgoing arrow, so no key to call with: user.',
    ]);
  });
});
