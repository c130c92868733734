import { describe, expect, it } from '@jest/globals';
import { quickRun, settingsOf, wholeRun } from './settings.ts';

describe('settingsOf', () => {
  it('publishes only a whole run', () => {
    expect(settingsOf({ quick: false })).toBe(wholeRun);
    expect(settingsOf({ quick: true })).toBe(quickRun);
    expect(settingsOf({ quick: false, rounds: '15' }).isWhole).toBe(false);
    expect(settingsOf({ quick: false, rows: 'jose' }).isWhole).toBe(false);
  });

  it('adds rows to those with limits, and takes a number of rounds', () => {
    const settings = settingsOf({ quick: true, rounds: '3', rows: 'ours-off,jose' });
    expect(settings).toMatchObject({ rounds: 3, rows: ['open', 'ours', 'jsonwebtoken', 'ours-off', 'jose'] });
  });

  it.each([{ rounds: '0' }, { rounds: '1.5' }, { rounds: 'x' }, { rows: 'nothing' }, { rows: '' }])(
    'rejects %j',
    (options) => {
      expect(() => settingsOf({ quick: false, ...options })).toThrow(/--rounds needs|there is no row/);
    },
  );
});
