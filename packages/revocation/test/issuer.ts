import type { Clock, PublicKeyAlgorithm } from '@auth/verify';
import { createTestIssuer } from '@auth/verify/testing';
import type { FeedEvent } from '../src/feed-event.ts';
import { signFeedEvent } from '../src/security-event.ts';

/** A time for tests whose clock stands still. */
export const startOfTests = 1_800_000_000;

/** Makes a throw-away issuer of events, and of access tokens to compare with. */
export function createEventIssuer({ now = () => startOfTests }: { readonly now?: Clock } = {}) {
  const tokens = createTestIssuer({ issuer: 'https://auth.example', audience: ['order'], now });
  const alg: PublicKeyAlgorithm = 'RS256';
  const key = { kid: tokens.kid, alg, key: tokens.privateKey };
  const { issuer } = tokens;
  return {
    ...{ tokens, issuer, key, keys: tokens.keys },
    sign: (event: FeedEvent, at: Clock = now) => signFeedEvent(event, { issuer, key, now: at }),
  };
}

/** The end of a session, as number `seq`. */
export function ended(seq: number, keepUntil: number, sid = `sid-${seq}`): FeedEvent {
  return { kind: 'session-revoked', seq, sid, keepUntil, reason: 'logout' };
}
