import type { OutboundKeys } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';
import type { Decision, GuardedApp } from './guarded-app.ts';
import type { SentCall, SignedCall, WellMadeCall } from './service-calls.ts';

/** An app that other services call. */
export interface CalledApp extends GuardedApp {
  /** The keys of each known caller, by name. */
  readonly calls: Readonly<Record<string, OutboundKeys>>;
  /** The decisions on service calls so far. */
  decisions(): readonly Decision[];
  readonly metrics: { render(): Promise<{ text: string }> };
}

/** A call with one fault, and the reason that is logged when it is refused. */
export type CallAttack = readonly [
  what: string,
  reason: string,
  attack: (call: WellMadeCall, app: CalledApp) => Partial<SentCall>,
];

/** Attacks on a call that every app refuses, for any operation. */
export const callAttacks: readonly CallAttack[] = [
  ['no service token', 'absent', () => ({ serviceToken: undefined })],
  ['text that is no token', 'malformed', () => ({ serviceToken: 'order' })],
  ['an access token as service token', 'header', (_call, { issuer }) => ({ serviceToken: issuer.token() })],
  [
    'both tokens in the place of the other',
    'header',
    ({ sent }, { issuer }) => ({ serviceToken: sent.bearer ?? issuer.token(), bearer: sent.serviceToken }),
  ],
  ['a query added', 'target', ({ sent }) => ({ path: `${sent.path}?all=1` })],
  ['a token for another path', 'target', ({ sign }) => ({ serviceToken: sign({ path: '/internal/elsewhere' }) })],
  [
    'a token for another callee',
    'audience',
    ({ sign, signed }) => ({ serviceToken: sign({ callee: 'elsewhere', keys: keysFor('elsewhere', signed) }) }),
  ],
  [
    'a token of an unknown key',
    'kid_unknown',
    ({ sign, signed }) => ({ serviceToken: sign({ keys: keysOfStranger(signed) }) }),
  ],
  [
    'a forged token under a known kid',
    'signature',
    ({ sign, signed }) => ({ serviceToken: sign({ keys: forgedKeys(signed) }) }),
  ],
  [
    'a token that another caller has signed',
    'issuer',
    ({ sign, signed }, app) => ({ serviceToken: sign({ keys: otherCaller(app, signed).keys }) }),
  ],
  ['a token of a minute ago', 'expired', ({ sign }, { now }) => ({ serviceToken: sign({ at: now() - 60 }) })],
  ['a token of the next minute', 'not_yet_valid', ({ sign }, { now }) => ({ serviceToken: sign({ at: now() + 60 }) })],
];

/** Attacks with a user's token on an operation without a user. */
export const userAttacks: readonly CallAttack[] = [
  ['a user’s token added', 'access_token_binding', (_call, { issuer }) => ({ bearer: issuer.token() })],
  [
    'a token bound to a user who is not there',
    'access_token_binding',
    ({ sign }) => ({ serviceToken: sign({ bearer: 'x' }) }),
  ],
  [
    'a user’s token, bound as if it were expected',
    'user_not_expected',
    ({ sign }, { issuer }) => {
      const bearer = issuer.token();
      return { bearer, serviceToken: sign({ bearer }) };
    },
  ],
];

/** Another service with a key at the app. */
export function otherCaller(app: CalledApp, { caller }: SignedCall): Pick<SignedCall, 'caller' | 'keys'> {
  const found = Object.entries(app.calls).find(([name]) => name !== caller);
  if (found === undefined) throw new Error(`the app knows no caller but ${caller}`);
  return { caller: found[0], keys: found[1] };
}

/** The caller's own key, with the name of another callee. */
function keysFor(callee: string, signed: SignedCall): OutboundKeys {
  return new Map([[callee, keyOf(signed)]]);
}

function keysOfStranger({ caller, callee }: SignedCall): OutboundKeys {
  return createTestEdge(caller, callee).calls;
}

/** An unknown key with the id of the caller's key. */
function forgedKeys(signed: SignedCall): OutboundKeys {
  const { key } = keyOf({ ...signed, keys: keysOfStranger(signed) });
  return new Map([[signed.callee, { kid: keyOf(signed).kid, key }]]);
}

function keyOf({ keys, callee }: SignedCall) {
  const key = keys.get(callee);
  if (key === undefined) throw new Error(`no key for ${callee}`);
  return key;
}
