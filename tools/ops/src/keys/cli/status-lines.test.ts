import { describe, expect, it } from '@jest/globals';
import { duration, statusLines } from './status-lines.ts';

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3661, '1 h 1 min'],
    [90_000, '1 d 1 h'],
    [86_400 * 400, '400 d'],
  ])('of %i s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('statusLines', () => {
  const key = {
    service: 'order',
    member: 'calls.user',
    kid: 'order.user.1',
    state: 'active',
    loaded: 1,
    asked: 2,
  } as const;

  it('shows each key in a row, with a dash for what is not known', () => {
    const keys = [
      { ...key, ageSeconds: 61 },
      { ...key, kid: 'order.user.22', ageSeconds: undefined, loaded: 0, asked: 0 },
    ];
    expect(statusLines({ keys, next: [] })).toEqual([
      'DOCUMENT  MEMBER      KEY            STATE   AGE        LOADED BY',
      'order     calls.user  order.user.1   active  1 min 1 s  1 of 2',
      'order     calls.user  order.user.22  active  -          -',
      '',
      'NEXT',
    ]);
  });

  it('names the replicas that a change does not reach', () => {
    const undelivered = ['order at http://a: its keys are in AUTH_KEYS'];
    expect(statusLines({ keys: [], next: [], undelivered }).slice(-2)).toEqual([
      'CHANGES DO NOT REACH',
      '  order at http://a: its keys are in AUTH_KEYS',
    ]);
  });

  it('shows secrets only when they are given', () => {
    const status = { keys: [{ ...key, ageSeconds: 1 }], next: [] };
    expect(statusLines(status, () => 'hunter2').join('\n')).toContain('hunter2');
    expect(statusLines(status).join('\n')).not.toContain('SECRET');
  });

  it.each([
    ['rest', [], ['  signing: at rest; pnpm keys rotate signing begins']],
    ['ready', [], ['  signing: safe now: pnpm keys rotate signing']],
    ['blocked', ['user is late'], ['  signing: not yet:', '    user is late']],
    ['stuck', ['no key'], ['  signing: must be repaired first:', '    no key']],
  ] as const)('shows the next step of a rotation that is %s', (state, blockers, lines) => {
    const next = [{ rotation: 'signing', state, did: 'x', blockers }];
    expect(statusLines({ keys: [], next }).slice(3)).toEqual(lines);
  });
});
