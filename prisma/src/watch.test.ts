import { describe, expect, it } from '@jest/globals';
import { createDatabaseWatch } from './watch.ts';

const locked = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
const full = Object.assign(new Error('could not extend file'), { code: '53100' });

function openWatch() {
  let at = 0;
  const said: string[] = [];
  const watch = createDatabaseWatch({ now: () => at });
  watch.listen({ onTrouble: (reason) => said.push(reason), onRecovered: () => said.push('recovered') });
  return { ...watch, said, pass: (ms: number) => (at += ms) };
}

describe('createDatabaseWatch', () => {
  it('reports each kind of trouble once, even when it is repeated or a statement succeeds in between', () => {
    const { observe, said, pass } = openWatch();
    for (const outcome of [locked, locked, undefined, full, locked, undefined, full]) {
      observe(outcome);
      pass(1000);
    }
    expect(said).toEqual([expect.stringContaining('57014'), expect.stringContaining('53100')]);
  });

  it('reports recovery after a success when there was no trouble for 5 s, and then reports new trouble', () => {
    const { observe, said, pass } = openWatch();
    observe(locked);
    pass(4999);
    observe(undefined);
    expect(said).toHaveLength(1);
    pass(1);
    observe(undefined);
    observe(undefined);
    observe(locked);
    expect(said).toEqual([expect.any(String), 'recovered', expect.any(String)]);
  });

  it.each([
    ['a violated constraint', { code: '23505' }],
    ['a deadlock, which is over with its transaction', { code: '40P01' }],
    ['an error of the code', {}],
  ])('does not report %s', (_case, members) => {
    const { observe, said } = openWatch();
    observe(Object.assign(new Error('no'), members));
    expect(said).toEqual([]);
  });

  it('reports any reason why the service is not ready', () => {
    const { fail, said } = openWatch();
    fail(new Error('a bug'));
    fail(new Error('another bug'));
    expect(said).toEqual(['the database cannot be queried: a bug']);
  });
});
