import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { env } from 'node:process';
import { type Clock, type PublicKeyAlgorithm, parseJwks } from '@auth/verify';
import { createTestIssuer } from '@auth/verify/testing';
import type { FeedEvent } from '../src/feed-event.ts';
import { type SigningKey, signFeedEvent } from '../src/security-event.ts';

/** A time for tests whose clock stands still. */
export const startOfTests = 1_800_000_000;

/** Creates an issuer of events and access tokens, both signed with one RSA key: that of the test run unless given. */
export function createEventIssuer({
  now = () => startOfTests,
  pem = env['TEST_ISSUER_KEY'],
}: {
  readonly now?: Clock;
  readonly pem?: string | undefined;
} = {}) {
  const privateKey = pem === undefined ? undefined : createPrivateKey(pem);
  const options = { issuer: 'https://auth.example', audience: ['order'], now };
  const tokens = createTestIssuer({ ...options, ...(privateKey && { privateKey }) });
  const alg: PublicKeyAlgorithm = 'RS256';
  return { ...issuerWith({ kid: tokens.kid, alg, key: tokens.privateKey }, now), tokens, keys: tokens.keys };
}

/** Creates an issuer of events alone, with an EC key: generating it and signing take less than a millisecond. */
export function createQuickIssuer({ now = () => startOfTests }: { readonly now?: Clock } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = `test-${publicKey.export({ format: 'jwk' }).x}`;
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  return { ...issuerWith({ kid, alg: 'ES256', key: privateKey }, now), keys: parseJwks({ keys: [jwk] }) };
}

function issuerWith(key: SigningKey, now: Clock) {
  const issuer = 'https://auth.example';
  return { issuer, key, sign: (event: FeedEvent, at: Clock = now) => signFeedEvent(event, { issuer, key, now: at }) };
}

/** The end of a session, as number `seq`. */
export function ended(seq: number, keepUntil: number, sid = `sid-${seq}`): FeedEvent {
  return { kind: 'session-revoked', seq, sid, keepUntil, reason: 'logout' };
}
