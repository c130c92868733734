import { generateKeyPairSync } from 'node:crypto';
import { createFeedEventVerifier } from '@auth/revocation';
import { parseJwks } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import { signingFor } from './event-signer.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' };
const now = () => 1_800_000_000;
const issuer = 'https://auth.example';
const options = { issuer, now, signingKey: () => ({ kid: 'k', alg: 'ES256' as const, key: privateKey }) };
const sign = signingFor({ ...options, publishedKids: () => ['k', 'next'] }, 7);
const { verify } = createFeedEventVerifier({ issuer, keys: () => parseJwks({ keys: [jwk] }), now });
const event = { kind: 'session-revoked', seq: 3, sid: 's', keepUntil: 1_800_000_600, reason: 'logout' } as const;

describe('how a leader signs', () => {
  it('signs an event in the term in which it was numbered, and in its own where there is none', () => {
    expect(verify(sign.event({ ...event, notBefore: undefined, term: 5 }))).toMatchObject({ ...event, term: 5 });
    expect(verify(sign.event({ ...event, notBefore: undefined, term: undefined })).term).toBe(7);
    const changed = sign.event({ ...event, kind: 'token-claims-change', notBefore: 9, term: 5 });
    expect(verify(changed)).toMatchObject({ kind: 'token-claims-change', notBefore: 9, term: 5 });
  });

  it('signs heartbeats in its own term', () => {
    const beat = { floor: 2, last: 3, beat: 4 };
    expect(verify(sign.heartbeat(beat))).toMatchObject({ kind: 'heartbeat', ...beat, term: 7 });
  });

  it('reuses a token while its key is published and the issuer is the same', () => {
    const token = sign.event({ ...event, notBefore: undefined, term: 5 });
    expect(sign.isGood(token)).toBe(true);
    expect(signingFor({ ...options, publishedKids: () => ['next'] }, 7).isGood(token)).toBe(false);
    const other = { ...options, issuer: 'https://other.example', publishedKids: () => ['k'] };
    expect(signingFor(other, 7).isGood(token)).toBe(false);
    for (const text of ['', 'a.b.c', 'x']) expect(sign.isGood(text)).toBe(false);
  });

  it('changes its version with the published keys and the issuer', () => {
    const versions = [['k'], ['k', 'next']].map((kids) =>
      signingFor({ ...options, publishedKids: () => kids }, 7).version(),
    );
    expect(
      new Set([...versions, signingFor({ ...options, issuer: 'x', publishedKids: () => ['k'] }, 7).version()]).size,
    ).toBe(3);
  });
});
