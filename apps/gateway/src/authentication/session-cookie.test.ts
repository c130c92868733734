import { describe, expect, it } from '@jest/globals';
import { createSessionId, isSessionId } from '../sessions/session-id.ts';
import { createSessionCookie } from './session-cookie.ts';

const id = createSessionId();
const https = createSessionCookie({ secure: true });
const http = createSessionCookie({ secure: false, port: 4000 });

describe('createSessionCookie', () => {
  it('sets a cookie for this host and https only, which scripts cannot read', () => {
    expect(https.give(id, 60)).toBe(`__Host-session=${id}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure`);
  });

  it('sets a cookie without __Host- and Secure on plain http', () => {
    expect(http.give(id, 60)).toBe(`gateway_session_4000=${id}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`);
  });

  it('uses another name on each port, and reads no cookie of another application', () => {
    const other = createSessionCookie({ secure: false, port: 5000 });
    expect(other.read(http.give(id, 60))).toEqual([]);
    expect(http.read(`session=theirs; gateway_session_4000=${id}`)).toEqual([id]);
    expect(createSessionCookie({ secure: false }).name).toBe('gateway_session_80');
  });

  it('deletes the cookie with the same attributes', () => {
    expect(https.clear).toBe('__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
  });

  it.each([
    ['alone', `__Host-session=${id}`, [id]],
    ['among others', `a=b; __Host-session=${id}; c=d`, [id]],
    ['without a space in between', `a=b;__Host-session=${id}`, [id]],
    ['twice', `__Host-session=${id}; __Host-session=other`, [id, 'other']],
    ['with a name that ends like the own one', `x__Host-session=${id}`, []],
    ['within another value', `a=__Host-session=${id}`, []],
    ['with the name of plain http', `session=${id}`, []],
    ['after U+00A0', `\u00a0__Host-session=${id}`, []],
    ['after a separator and U+00A0', `a=b;\u00a0__Host-session=${id}`, []],
    ['with a name in lower case', `__host-session=${id}`, []],
    ['not at all', 'a=b', []],
    ['no header', undefined, []],
  ])('reads a cookie %s', (_where, header, ids) => {
    expect(https.read(header)).toEqual(ids);
  });
});

describe('createSessionId', () => {
  it('creates a new id of 256 bits each time', () => {
    expect(Buffer.from(id, 'base64url')).toHaveLength(32);
    expect(createSessionId()).not.toBe(id);
    expect(isSessionId(id)).toBe(true);
  });

  it.each(['', id.slice(1), `${id}A`, `${id.slice(1)}=`, `${id.slice(1)} `, `${id}\n`])(
    'isSessionId is false for %j',
    (text) => {
      expect(isSessionId(text)).toBe(false);
    },
  );
});
