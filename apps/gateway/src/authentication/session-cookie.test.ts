import { describe, expect, it } from '@jest/globals';
import { createSessionId, isSessionId } from '../sessions/session-id.ts';
import { createSessionCookie } from './session-cookie.ts';

const id = createSessionId();
const https = createSessionCookie({ secure: true });
const http = createSessionCookie({ secure: false, port: 4000 });

describe('createSessionCookie', () => {
  it('binds the cookie to its host, https and scripts that cannot read it', () => {
    expect(https.give(id, 60)).toBe(`__Host-session=${id}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure`);
  });

  it('leaves out what plain http on one machine cannot have', () => {
    expect(http.give(id, 60)).toBe(`gateway_session_4000=${id}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`);
  });

  it('has another name at each port of a machine, and reads no cookie of another application there', () => {
    const other = createSessionCookie({ secure: false, port: 5000 });
    expect(other.read(http.give(id, 60))).toEqual([]);
    expect(http.read(`session=theirs; gateway_session_4000=${id}`)).toEqual([id]);
    expect(createSessionCookie({ secure: false }).name).toBe('gateway_session_80');
  });

  it('takes it back under the same attributes', () => {
    expect(https.clear).toBe('__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
  });

  it.each([
    ['alone', `__Host-session=${id}`, [id]],
    ['among others', `a=b; __Host-session=${id}; c=d`, [id]],
    ['without a space in between', `a=b;__Host-session=${id}`, [id]],
    ['given twice', `__Host-session=${id}; __Host-session=other`, [id, 'other']],
    ['under a name that only ends like it', `x__Host-session=${id}`, []],
    ['within another value', `a=__Host-session=${id}`, []],
    ['under the name of plain http', `session=${id}`, []],
    ['behind a space that is none', `\u00a0__Host-session=${id}`, []],
    ['behind a separator and such a space', `a=b;\u00a0__Host-session=${id}`, []],
    ['in other letters', `__host-session=${id}`, []],
    ['nowhere', 'a=b', []],
    ['without a header', undefined, []],
  ])('reads one %s', (_where, header, ids) => {
    expect(https.read(header)).toEqual(ids);
  });
});

describe('createSessionId', () => {
  it('draws 256 bits anew each time', () => {
    expect(Buffer.from(id, 'base64url')).toHaveLength(32);
    expect(createSessionId()).not.toBe(id);
    expect(isSessionId(id)).toBe(true);
  });

  it.each(['', id.slice(1), `${id}A`, `${id.slice(1)}=`, `${id.slice(1)} `, `${id}\n`])(
    'does not take %j for one',
    (text) => {
      expect(isSessionId(text)).toBe(false);
    },
  );
});
