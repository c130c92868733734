import { describe, expect, it } from '@jest/globals';
import { goodClaims, headerOf, setUpAccessTokens } from '../test/access-tokens.ts';
import { forge, rs256, segment } from '../test/forge.ts';

const { forged, issuer, outcome, verifier } = setUpAccessTokens();

describe('the payload of an access token', () => {
  // Signed with the right key: what a broken or hostile issuer, or a stolen key, could send.
  it.each(['null', '[]', '"x"', '5', 'true', ' ', 'not json', '{"iss":', '[{}]', '1e400'])(
    'is rejected when it is %j',
    (payload) => {
      expect(outcome(forged(payload))).toMatch(/^invalid_token: (claims|audience)$/);
    },
  );

  it.each(['null', '[]', '"x"', '5', 'not json'])('is rejected for the typ when it is %j under JWT', (payload) => {
    // Under "JWT" the library parses before it checks the signature, and throws a SyntaxError.
    expect(outcome(forged(payload, { typ: 'JWT' }))).toBe('invalid_token: header');
  });

  it('is rejected when it is empty', () => {
    expect(outcome(forged(''))).toBe('invalid_token: malformed');
  });

  it.each([
    ['0xff', [0xff]],
    ['0xfe', [0xfe]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half of a two-byte character', [0xc3]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('is rejected when its bytes are not UTF-8: %s', (_case, bytes) => {
    const [before = '', after = ''] = JSON.stringify({ ...goodClaims, sub: '#' }).split('#');
    const payload = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    expect(outcome(forged(payload))).toBe('invalid_token: malformed');
  });

  it('is rejected after a byte order mark', () => {
    const payload = `\u{feff}${JSON.stringify(goodClaims)}`;
    expect(outcome(forged(payload))).toMatch(/^invalid_token: /);
  });

  it('keeps a subject in other scripts unchanged', () => {
    expect(verifier.verify(forged({ ...goodClaims, sub: 'żółć-😀' })).sub).toBe('żółć-😀');
  });

  it('ignores a claim named __proto__', () => {
    const extra = '"__proto__":{"roles":["admin"],"scope":"user:admin","admin":true}';
    const claims = verifier.verify(forged(`{${extra},${JSON.stringify(goodClaims).slice(1)}`));
    expect(claims.roles).toEqual(['customer']);
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect('admin' in Object.assign({}, claims)).toBe(false);
  });

  it.each(['roles', 'sub', 'exp', 'aud', 'scope', 'sid'])('does not read %s from __proto__', (name) => {
    const { [name as keyof typeof goodClaims]: value, ...rest } = goodClaims;
    const inherited = JSON.stringify({ [name]: value });
    const payload = `{"__proto__":${inherited},${JSON.stringify(rest).slice(1)}`;
    expect(outcome(forged(payload))).toMatch(/^invalid_token: (claims|audience)$/);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('may have a claim named %s, which is ignored', (name) => {
    const claims = verifier.verify(forged({ ...goodClaims, [name]: 'x' }));
    expect(Object.hasOwn(claims, name)).toBe(false);
  });

  it('is read once when a claim is repeated: the last one counts for every check', () => {
    const rest = JSON.stringify(goodClaims).slice(1);
    expect(outcome(forged(`{"iss":"https://evil.example",${rest}`))).toBe('accepted');
    const text = JSON.stringify(goodClaims).slice(0, -1);
    expect(outcome(forged(`${text},"iss":"https://evil.example"}`))).toBe('invalid_token: issuer');
    expect(outcome(forged(`${text},"exp":1}`))).toBe('token_expired: expired');
  });

  it('is rejected when its segment is not the canonical spelling, though it is signed', () => {
    const sign = rs256(issuer.privateKey);
    const [head] = forge({ header: headerOf(issuer), payload: goodClaims, sign }).split('.');
    // Padded to a length of 3n + 1 bytes, so that the last character has unused bits.
    const padding = ' '.repeat((4 - (JSON.stringify(goodClaims).length % 3)) % 3);
    const payload = segment(JSON.stringify(goodClaims) + padding);
    const spelling = `${payload.slice(0, -1)}${{ A: 'B', Q: 'R', g: 'h', w: 'x' }[payload.at(-1) ?? '']}`;
    expect(Buffer.from(spelling, 'base64url')).toEqual(Buffer.from(payload, 'base64url'));
    expect(outcome(`${head}.${payload}.${segment(sign(`${head}.${payload}`))}`)).toBe('accepted');
    expect(outcome(`${head}.${spelling}.${segment(sign(`${head}.${spelling}`))}`)).toBe('invalid_token: malformed');
  });

  it('may make a token up to 8 KB long', () => {
    const sized = (length: number) => {
      const token = (filler: number) => forged({ ...goodClaims, filler: 'x'.repeat(filler) });
      let filler = Math.floor(((length - token(0).length) * 3) / 4);
      while (token(filler).length < length) filler += 1;
      return token(filler);
    };
    const [largest, tooLarge] = [sized(8191), sized(8193)];
    expect(largest.length).toBeLessThanOrEqual(8192);
    expect(outcome(largest)).toBe('accepted');
    expect(tooLarge.length).toBeGreaterThan(8192);
    expect(outcome(tooLarge)).toBe('invalid_token: too_long');
  });

  it('is rejected without parsing when it is nested 100 000 deep', () => {
    expect(outcome(forged('['.repeat(100_000) + ']'.repeat(100_000)))).toBe('invalid_token: too_long');
    expect(outcome(forged('['.repeat(2500) + ']'.repeat(2500)))).toMatch(/^invalid_token: (claims|audience)$/);
  });
});
