import {
  type CallAttack,
  callAttacks,
  makeCall,
  sendCall,
  testCallAttacks,
  testOtherRoutes,
  testUnlistedCaller,
  testUnmatched,
  userAttacks,
} from '@auth/testkit/app';
import type { OutboundKeys } from '@auth/verify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from '../src/contracts.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const path = '/internal/things/019b0000-0000-7000-8000-0000000000a1';
const otherPath = '/internal/things/019b0000-0000-7000-8000-0000000000a2';
const listed: readonly string[] = operations['template:things.read'].callers;
/** The answer to a good call: 403 while the operation lists no caller. */
const answer = listed.length === 0 ? 403 : 200;

/** Makes the call of a caller: a listed one, or user while there is none. */
async function callOf(caller = listed[0] ?? 'user') {
  const keys = new Map<string, OutboundKeys>(Object.entries(harness.calls)).get(caller);
  if (keys === undefined) throw new Error(`there is no service ${caller}`);
  return makeCall({
    caller,
    callee: 'template',
    keys,
    operation: 'things.read',
    method: 'get',
    path,
    bearer: undefined,
    at: harness.now(),
  });
}

const operation = { app: () => harness, makeCall: callOf, answer } as const;

const attacks: readonly CallAttack[] = [
  ...callAttacks,
  ['another id in the path', 'target', () => ({ path: otherPath })],
  ['HEAD instead of GET', 'method', () => ({ method: 'head' })],
  ...userAttacks,
];

describe('GET /internal/things/:id', () => {
  it('answers a listed caller with the thing, and 403 while no caller is listed', async () => {
    const { status, body } = await sendCall(harness, (await callOf()).sent);
    expect(status).toBe(answer);
    expect(body).toMatchObject(answer === 200 ? { name: 'First thing' } : { code: 'caller_not_allowed' });
  });

  testCallAttacks(operation, attacks);
  testUnlistedCaller(operation);
  testUnmatched(operation);
});

describe('a service token on a route that is no operation', () => {
  testOtherRoutes(operation, [
    ['get', '/things/019b0000-0000-7000-8000-0000000000a1'],
    ['post', path],
    ['get', path.toUpperCase()],
    ['get', '/nowhere'],
  ]);
});
