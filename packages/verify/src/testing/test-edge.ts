import { randomBytes } from 'node:crypto';
import { type InboundKeys, type OutboundKeys, parseAccepts, parseCalls } from '../edge-keys.ts';

/** Both ends of a throw-away edge: the keys that the caller signs with, and those that the callee accepts. */
export interface TestEdge {
  readonly calls: OutboundKeys;
  readonly accepts: InboundKeys;
}

/** Creates a throw-away edge from one service to another, with a new random secret. */
export function createTestEdge(caller: string, callee: string): TestEdge {
  const secret = randomBytes(32).toString('base64url');
  const keys = [{ kid: `${caller}.${callee}.${randomBytes(4).toString('hex')}`, secret, state: 'active' }];
  return { calls: parseCalls({ [callee]: keys }), accepts: parseAccepts({ [caller]: keys }) };
}
