import { describe, expect, it } from '@jest/globals';
import { callGraph } from './call-graph.ts';
import { shopMap } from './map.fixture.ts';

describe('callGraph', () => {
  it('has an arrow per caller and operation, and a crossed line to a shut door', () => {
    expect(callGraph(shopMap).split('\n')).toEqual([
      'flowchart LR',
      '  user',
      '  product',
      '  order',
      '  nobody([nobody])',
      '  product -->|"user:contacts.read<br/>user required, with account order:read"| user',
      '  order -->|"user:contacts.read<br/>user required, with account order:read"| user',
      '  order -->|"product:quotes.create"| product',
      '  nobody -.-x|"order:orders.read"| order',
    ]);
  });

  it('has nobody in it only where a door is shut', () => {
    const { 'order:orders.read': _shut, ...open } = shopMap.operations;
    expect(callGraph({ ...shopMap, operations: open })).not.toContain('nobody');
  });
});
