import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { env } from 'node:process';
import { createAccessTokenVerifier, parseJwks } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createEventIssuer, ended, startOfTests as now } from '../test/issuer.ts';
import type { FeedEvent } from './feed-event.ts';
import { createFeedEventVerifier, SecurityEventError, signFeedEvent } from './security-event.ts';

const issuer = createEventIssuer();
const verifier = createFeedEventVerifier({ issuer: issuer.issuer, keys: () => issuer.keys, now: () => now });

const revoked = ended(7, now + 665, 'sid');
const changed: FeedEvent = {
  kind: 'token-claims-change',
  seq: 8,
  sid: 'sid',
  notBefore: now - 1,
  keepUntil: now + 665,
  reason: 'role',
};
const heartbeat: FeedEvent = { kind: 'heartbeat', floor: 3, last: 8 };
const events = [revoked, changed, heartbeat];

function outcome(token: string, by = verifier): string {
  try {
    return by.verify(token).kind;
  } catch (error) {
    if (error instanceof SecurityEventError) return error.message;
    throw error;
  }
}

/** Signs a payload under a header that is valid except for the given members. */
function forged(payload: object, header: object = {}): string {
  return issuer.tokens.sign(payload, { typ: 'secevent+jwt', ...header });
}
const newCurveKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const newEdwardsKey = () => generateKeyPairSync('ed25519');
const claims = (event: FeedEvent) => jwt.decode(issuer.sign(event), { json: true }) ?? {};

describe('an event', () => {
  it.each(events)('of the kind $kind is verified unchanged, with the time of its signature', (event) => {
    const counted = event.kind === 'heartbeat' ? { term: 1_800_000_000_000, beat: 4 } : { term: 1_800_000_000_000 };
    expect(verifier.verify(issuer.sign({ ...event, ...counted }))).toEqual({ ...event, ...counted, at: now });
  });

  it.each(events)('of the kind $kind signed by a build without terms reads as term 0', (event) => {
    const counted = event.kind === 'heartbeat' ? { term: 0, beat: 0 } : { term: 0 };
    expect(verifier.verify(issuer.sign(event))).toEqual({ ...event, ...counted, at: now });
  });

  it.each([0, -1, 1.5, '1', null])('with a term or a beat of %p is refused', (value) => {
    expect(outcome(forged({ ...claims(heartbeat), term: value }))).toContain('claims');
    expect(outcome(forged({ ...claims(heartbeat), beat: value }))).toContain('claims');
    expect(outcome(forged({ ...claims(revoked), term: value }))).toContain('claims');
  });

  it.each(events)('of the kind $kind is signed as jsonwebtoken signs it', (event) => {
    const token = issuer.sign(event);
    const { kid, key } = issuer.key;
    const alg = 'RS256';
    // RS256 has one signature for each text.
    const again = jwt.decode(token, { json: true }) ?? {};
    expect(jwt.sign(again, key, { algorithm: alg, header: { alg, typ: 'secevent+jwt', kid } })).toBe(token);
    expect(jwt.verify(token, createPublicKey(key), { algorithms: [alg], ignoreExpiration: true })).toEqual(again);
  });

  it.each([
    ['ES256', newCurveKey],
    ['EdDSA', newEdwardsKey],
  ] as const)('signed with %s is verified by the published key, and by no other', (alg, newKey) => {
    const { privateKey, publicKey } = newKey();
    const keys = parseJwks({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg, use: 'sig' }] });
    const by = createFeedEventVerifier({ issuer: issuer.issuer, keys: () => keys, now: () => now });
    const signedWith = (key: KeyObject) =>
      signFeedEvent(revoked, { issuer: issuer.issuer, key: { kid: 'k', alg, key }, now: () => now });
    expect(by.verify(signedWith(privateKey))).toMatchObject(revoked);
    expect(outcome(signedWith(newKey().privateKey), by)).toBe('invalid_security_event: signature');
  });

  it('is a security event token with exactly alg, typ and kid in its header', () => {
    const [header = ''] = issuer.sign(revoked).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'RS256',
      typ: 'secevent+jwt',
      kid: issuer.key.kid,
    });
  });

  it('names a session and no user', () => {
    expect(claims(revoked)).toEqual({
      iss: issuer.issuer,
      iat: now,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      seq: 7,
      keep_until: now + 665,
      sub_id: { format: 'complex', session: { format: 'opaque', id: 'sid' } },
      events: {
        'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {
          event_timestamp: now,
          reason_admin: { en: 'logout' },
        },
      },
    });
    expect(claims(changed)).toMatchObject({
      not_before: now - 1,
      events: { 'https://schemas.openid.net/secevent/caep/event-type/token-claims-change': { claims: {} } },
    });
  });

  it.each([
    [{ ...revoked, seq: 0 }],
    [{ ...revoked, seq: 1.5 }],
    [{ ...revoked, sid: '' }],
    [{ ...revoked, sid: 'x'.repeat(256) }],
    [{ ...revoked, keepUntil: Number.NaN }],
    [{ ...revoked, reason: '' }],
    [{ ...changed, notBefore: -1 }],
    [{ ...heartbeat, last: -1 }],
    [{ ...heartbeat, floor: 10 }],
  ])('is not signed as %j, which every verifier would refuse', (event) => {
    const { key } = issuer;
    expect(() => signFeedEvent(event, { issuer: issuer.issuer, key, now: () => now })).toThrow(TypeError);
  });

  it('is refused for another issuer, key or signature', () => {
    const other = createEventIssuer({ pem: env['TEST_OTHER_KEY'] });
    const asIfOurs = other.tokens.sign(claims(revoked), { typ: 'secevent+jwt', kid: issuer.key.kid });
    expect([
      outcome(forged({ ...claims(revoked), iss: 'https://evil.example' })),
      outcome(other.sign(revoked)),
      outcome(asIfOurs),
      outcome(`${issuer.sign(revoked).slice(0, -4)}AAAA`),
      outcome(forged(claims(revoked), { alg: 'PS256' })),
    ]).toEqual([
      'invalid_security_event: issuer',
      'invalid_security_event: kid_unknown',
      'invalid_security_event: signature',
      'invalid_security_event: signature',
      'invalid_security_event: header',
    ]);
  });

  it.each([
    ['no event', { events: {} }],
    ['two events', { events: { ...claims(revoked)['events'], ...claims(changed)['events'] } }],
    ['an event of an unknown kind', { events: { 'https://evil.example/event': {} } }],
    ['a subject of another format', { sub_id: { format: 'email', email: 'ada@example.com' } }],
    ['no number', { seq: undefined }],
    ['a number as text', { seq: '7' }],
    ['no end', { keep_until: undefined }],
    ['no jti', { jti: undefined }],
  ])('with %s is refused, although its signature is valid', (_case, more) => {
    expect(outcome(forged({ ...claims(revoked), ...more }))).toBe('invalid_security_event: claims');
  });

  it.each([{ crit: ['exp'] }, { typ: 'JWT' }, { jku: 'https://evil.example' }])(
    'is refused under the header %j',
    (header) => {
      expect(outcome(forged(claims(revoked), header))).toBe('invalid_security_event: header');
    },
  );

  it('is refused when it is longer than 8192 characters', () => {
    expect(outcome('x'.repeat(8193))).toBe('invalid_security_event: too_long');
  });

  it('is refused as an access token, and an access token is refused as an event', () => {
    const options = {
      issuer: issuer.issuer,
      audience: 'order',
      keys: parseJwks(issuer.tokens.jwks),
      revocations: null,
    };
    const access = createAccessTokenVerifier({ ...options, now: () => now });
    expect(access.verify(issuer.tokens.token()).aud).toEqual(['order']);
    for (const event of events) expect(() => access.verify(issuer.sign(event))).toThrow('invalid_token: header');
    expect(outcome(issuer.tokens.token())).toBe('invalid_security_event: header');
    // Also with the other's claims or `typ`.
    const disguised = jwt.decode(issuer.tokens.token(), { json: true }) ?? {};
    expect(outcome(forged(disguised))).toBe('invalid_security_event: claims');
    const both = issuer.tokens.sign({ ...claims(revoked), aud: ['order'] });
    expect(() => access.verify(both)).toThrow('invalid_token: claims');
  });

  it('is accepted at any age, but a heartbeat from the future is refused', () => {
    const at = (time: number, event: FeedEvent) => outcome(issuer.sign(event, () => time));
    expect([at(1, revoked), at(now + 9999, revoked), at(1, heartbeat), at(now + 5, heartbeat)]).toEqual([
      'session-revoked',
      'session-revoked',
      'heartbeat',
      'heartbeat',
    ]);
    expect(at(now + 6, heartbeat)).toBe('invalid_security_event: not_yet_valid');
  });
});
