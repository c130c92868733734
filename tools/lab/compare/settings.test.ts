import { describe, expect, it } from '@jest/globals';
import { readCompareSettings } from './settings.ts';

describe('readCompareSettings', () => {
  it('publishes a run of the default length or longer', () => {
    expect(readCompareSettings({})).toMatchObject({ isWhole: true, redisUrl: undefined });
    expect(readCompareSettings({ COMPARE_SECONDS: '300' })).toMatchObject({ isWhole: true, loadSeconds: 300 });
    expect(readCompareSettings({ COMPARE_SECONDS: '20' })).toMatchObject({ isWhole: false, loadSeconds: 20 });
  });

  it('has at least two rounds and two logouts in a short run', () => {
    const { rounds, logouts, outageSeconds } = readCompareSettings({ COMPARE_SECONDS: '1' });
    for (const count of [rounds, logouts]) expect(count).toBeGreaterThan(1);
    expect(outageSeconds).toBe(1);
  });

  it('measures the rest no longer in a long run', () => {
    const { loadSeconds: _l, ...long } = readCompareSettings({ COMPARE_SECONDS: '300' });
    const { loadSeconds: _u, ...usual } = readCompareSettings({});
    expect(long).toEqual(usual);
  });

  it.each(['0', '301', '-1', '1.5', 'long', '1e2'])('rejects %j', (text) => {
    expect(() => readCompareSettings({ COMPARE_SECONDS: text })).toThrow(/^COMPARE_SECONDS must be 1 to 300/);
  });
});
