import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { hasRedisServer, skipsWithoutRedis } from '@auth/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fillIn } from '../measure/page.ts';
import { type Comparison, measureAll } from './measure.ts';
import { parts } from './meters.ts';
import { plotsOf } from './plots.ts';
import { overheadsOf } from './ratios.ts';
import { blocksOf, share200 } from './report.ts';
import { readCompareSettings } from './settings.ts';

const hasRedis = !skipsWithoutRedis('sessions in Redis, compared', hasRedisServer());
const compared = [
  'open',
  'bearer',
  'gateway-postgres',
  ...(hasRedis ? ['gateway-redis'] : []),
  'shared-postgres',
  ...(hasRedis ? ['shared-redis'] : []),
  'ask-user',
];
const proxies = [
  'plain-proxy',
  'gateway-bearer',
  'gateway-postgres-quiet',
  ...(hasRedis ? ['gateway-redis-quiet'] : []),
];
let comparison: Comparison;

beforeAll(async () => {
  comparison = await measureAll({
    settings: readCompareSettings({ COMPARE_SECONDS: '6' }),
    progress: () => undefined,
    signal: new AbortController().signal,
  });
}, 300_000);

function found<V>(all: ReadonlyMap<string, V>, key: string): V {
  const value = all.get(key);
  if (value === undefined) throw new Error(`nothing was measured for ${key}`);
  return value;
}

describe('pnpm compare', () => {
  it('measures every variant in every round', () => {
    expect([...comparison.turns.keys()]).toEqual([...compared, ...proxies]);
    for (const turns of comparison.turns.values()) {
      expect(turns).toHaveLength(comparison.settings.rounds);
      for (const { requests, perSecond, p50Ms, p99Ms, cost } of turns) {
        for (const value of [requests, perSecond, p50Ms, cost.service, cost.postgres]) expect(value).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
        for (const part of parts) expect(Number.isFinite(cost[part])).toBe(true);
      }
    }
  });

  it('measures processor time at the gateway, the proxy and the user app', () => {
    const least = (key: string, part: (typeof parts)[number]) =>
      Math.min(...found(comparison.turns, key).map(({ cost }) => cost[part]));
    for (const key of ['gateway-postgres', 'gateway-bearer', 'plain-proxy']) {
      expect(least(key, 'door')).toBeGreaterThan(0);
    }
    expect(least('ask-user', 'user')).toBeGreaterThan(10 * least('bearer', 'user'));
    expect(least('open', 'door')).toBe(0);
  });

  it.each(compared)('counts requests of %s to the user app and the stores', (key) => {
    const { counts, aloneMs } = found(comparison.storeLoad, key);
    const about = (expected: number, count: number) => Math.abs(count - expected) < 300;
    expect(aloneMs).toBeGreaterThan(0);
    expect(counts.userRequests).toBe(key === 'ask-user' ? 1000 : 0);
    expect(about(1000, counts.product)).toBe(true);
    expect(about(key === 'gateway-postgres' ? 1000 : 0, counts.gateway)).toBe(true);
    expect(about(key === 'shared-postgres' ? 1000 : 0, counts.shared)).toBe(true);
    expect(about(key === 'ask-user' ? 1000 : 0, counts.user)).toBe(true);
    expect(about(key.endsWith('redis') ? 1000 : 0, counts.redisCommands)).toBe(true);
  });

  it('answers in an outage of the user app depend on the variant', () => {
    const shares = Object.fromEntries([...comparison.outages].map(([key, { during }]) => [key, share200(during)]));
    const expected = Object.fromEntries(compared.map((key) => [key, key === 'ask-user' ? 0 : 1]));
    expect(shares).toEqual({ ...expected, 'bearer-aged': 0, 'gateway-postgres-aged': 0 });
    for (const key of compared) {
      const { before, after } = found(comparison.outages, key);
      expect([share200(before), share200(after)]).toEqual([1, 1]);
    }
    expect([...found(comparison.outages, 'bearer-aged').during.keys()]).toEqual(['401 token_expired']);
    expect([...found(comparison.outages, 'gateway-postgres-aged').during.keys()]).toEqual(['503 unavailable']);
    expect([...found(comparison.outages, 'ask-user').during.keys()]).toEqual(['503 unavailable']);
    expect(found(comparison.outages, 'bearer').login).toBe('ECONNREFUSED');
    expect(found(comparison.outages, 'gateway-postgres').login).toMatch(/^50\d /);
  });

  it('requests are refused after a logout, at once where sessions are looked up', () => {
    for (const key of compared.filter((each) => each !== 'open')) {
      const logouts = found(comparison.logouts, key);
      expect(logouts).toHaveLength(comparison.settings.logouts);
      for (const { lateMs, accepted, refusal } of logouts) {
        expect(refusal).toMatch(/^401 \w+$/);
        expect(accepted > 0).toBe(lateMs > 0);
        // The logout went to another replica.
        if (key.startsWith('gateway') || key.startsWith('shared')) expect([lateMs, accepted]).toEqual([0, 0]);
        expect(lateMs).toBeLessThan(10_000);
      }
    }
  });

  it.each([
    ['as fast as they are answered', [...compared, ...proxies], () => comparison.turns],
    ['at one rate', [...compared, 'gateway-bearer'], () => comparison.paced.turns],
  ])('measures every gateway against the plain proxy %s', (_how, keys, turns) => {
    const overheads = overheadsOf(turns());
    expect(overheads.map(({ key }) => key).sort()).toEqual(keys.filter((key) => key.startsWith('gateway')).sort());
    for (const { whole, alone } of overheads) {
      for (const { median, min, max } of [whole, alone]) {
        expect(min).toBeGreaterThan(0);
        expect(median).toBeGreaterThanOrEqual(min);
        expect(max).toBeGreaterThanOrEqual(median);
      }
    }
  });

  it('sends requests at one rate where a rate is given', () => {
    const { perSecond, turns } = comparison.paced;
    for (const turn of [...turns.values()].flat()) {
      expect(turn.perSecond).toBeLessThan(perSecond * 1.5);
      expect(turn.requests).toBeGreaterThan(0);
    }
  });

  it('fills docs/compare.md with every table and draws every plot', async () => {
    const page = await readFile(join(repositoryRoot, 'docs/compare.md'), 'utf8');
    const filled = fillIn(page, blocksOf(comparison), 'compare');
    const plots = plotsOf(comparison);
    for (const text of [filled, ...Object.values(plots)]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
    for (const { title } of comparison.variants.compared) expect(filled).toContain(`| ${title} `);
    expect(filled).toContain(comparison.machine.processor);
    for (const name of Object.keys(plots)) expect(page).toContain(`(plots/${name})`);
  });
});
