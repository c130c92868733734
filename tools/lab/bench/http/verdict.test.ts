import { describe, expect, it } from '@jest/globals';
import { blocksOf } from './report.ts';
import type { Measured, Turn, Turns } from './rounds.ts';
import { quickRun } from './settings.ts';
import { cheaperRows, faultsOf } from './verdict.ts';

/** Creates turns from the cost of a request in each round. */
function turnsOf(costs: Readonly<Record<string, readonly number[]>>): Turns {
  const turn = (server: number): Turn => ({ perSecond: 1e6 / server, p99Ms: 5, server, store: 0 });
  return new Map(Object.entries(costs).map(([key, each]) => [key, each.map(turn)]));
}

const open = [100, 100, 200, 100, 100];
const once = turnsOf({ open, ours: [160, 160, 300, 160, 160], jsonwebtoken: [150, 150, 300, 150, 150] });
const users = (ours: readonly number[], others: Readonly<Record<string, readonly number[]>> = {}) =>
  turnsOf({ open, ours, ...others });
const measured = (turns: Turns): Measured => ({ users: turns, once });

describe('faultsOf', () => {
  it('is empty within the limits', () => {
    expect(faultsOf(measured(users([104, 105, 208, 105, 106])))).toEqual([]);
  });

  it('allows half the interquartile range above the limit, and no more', () => {
    expect(faultsOf(measured(users([100, 108, 220, 104, 110])))).toEqual([]);
    expect(faultsOf(measured(users([108, 108, 216, 108, 108])))).toEqual([
      '@auth/verify costs 1.08 times of no check, where 1.05 times is the most',
    ]);
  });

  it('names a row that costs less by more than half the interquartile range', () => {
    const ours = [104, 103, 208, 104, 105];
    const turns = users(ours, { 'fast-jwt': [102, 102, 204, 102, 102], jose: [104, 104, 207, 104, 104] });
    expect(cheaperRows(turns)).toEqual(['fast-jwt with its cache']);
    expect(faultsOf(measured(turns))).toEqual(['fast-jwt with its cache costs less than @auth/verify']);
  });

  it('names a cost above jsonwebtoken inline where every token is new', () => {
    const dear = turnsOf({ open, ours: [170, 170, 340, 170, 170], jsonwebtoken: [150, 150, 300, 150, 150] });
    expect(faultsOf({ users: users([104, 104, 208, 104, 104]), once: dear })).toEqual([
      'with every token once @auth/verify costs 1.13 times of jsonwebtoken inline, where 1.10 times is the most',
    ]);
  });
});

describe('blocksOf', () => {
  const machine = {
    processor: 'a processor',
    cores: 2,
    memoryGiB: 24,
    system: 'linux',
    date: '2026-01-01',
    versions: [],
  };
  const turns = users([103, 104, 208, 105, 106], { 'fast-jwt': [103.8, 103.8, 207.6, 103.8, 103.8] });
  const blocks = blocksOf({ settings: quickRun, machine, measured: measured(turns), tokenLength: 900 });

  it('shows ratios to the open route of the same round', () => {
    expect(blocks['users']).toMatch(/^\| \*\*@auth\/verify\*\* +\| 105 µs +\| 1\.04 \(1\.04–1\.05\)/m);
  });

  it('names better rows, also in the second table', () => {
    expect(blocks['verdict']).toContain('Within the bars');
    expect(blocks['verdict']).toContain('fast-jwt with its cache for users who ask again (1.04 to 1.04)');
    expect(blocks['verdict']).toContain('jsonwebtoken, inline with every token once (1.50 to 1.60)');
  });
});
