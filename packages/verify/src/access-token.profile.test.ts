import { describe, expect, it } from '@jest/globals';
import { goodClaims } from '../test/access-tokens.ts';
import { setUpProfile, tokenWith } from '../test/profile-setup.ts';
import { startOfTests } from '../test/test-clock.ts';
import { type AccessTokenProfile, type ClaimForm, ownProfile } from './access-token-profile.ts';

/** The outcome of a token whose claim `x` has this value, or that lacks it, where the profile gives it a form. */
function outcomeOfForm(form: ClaimForm | `${ClaimForm}?`, ...value: unknown[]): string {
  const { outcome } = setUpProfile({ claims: { ...ownProfile.claims, x: form } });
  return outcome(value.length === 0 ? goodClaims : { ...goodClaims, x: value[0] });
}

describe('the form of a claim in a profile', () => {
  const good: Readonly<Record<ClaimForm, readonly unknown[]>> = {
    text: ['a', ' ', 'x'.repeat(2000)],
    id: ['a', 'x'.repeat(255)],
    id128: ['A'.repeat(22), '-_09azAZ-_09azAZ-_09az'],
    words: ['', 'a', 'a b', '  '],
    texts: [[], ['a'], ['a', 'b']],
    seconds: [1, startOfTests, Number.MAX_SAFE_INTEGER],
  };
  const bad: Readonly<Record<ClaimForm, readonly unknown[]>> = {
    text: ['', 5, true, null, [], ['a'], {}],
    id: ['', 'x'.repeat(256), 5, null, ['a']],
    id128: [
      '',
      'A'.repeat(21),
      'A'.repeat(23),
      `${'A'.repeat(21)}=`,
      `${'A'.repeat(22)}\n`,
      ` ${'A'.repeat(22)}`,
      5,
      null,
    ],
    words: [null, 5, true, ['a'], {}],
    texts: [null, 'a', '', [''], ['a', ''], [5], [null], [['a']], {}],
    seconds: [null, 0, -1, 0.5, '1', 2 ** 53, true, [], {}],
  };
  const forms = Object.keys(good) as ClaimForm[];

  it.each(forms)('%s accepts what has it', (form) => {
    for (const value of good[form]) {
      expect([value, outcomeOfForm(form, value)]).toEqual([value, 'accepted']);
      expect([value, outcomeOfForm(`${form}?`, value)]).toEqual([value, 'accepted']);
    }
  });

  it.each(forms)('%s rejects what has another, also where the claim may be absent', (form) => {
    for (const value of bad[form]) {
      expect([value, outcomeOfForm(form, value)]).toEqual([value, 'invalid_token: claims']);
      expect([value, outcomeOfForm(`${form}?`, value)]).toEqual([value, 'invalid_token: claims']);
    }
  });

  it.each(forms)('%s is demanded unless a question mark says that it may be absent', (form) => {
    expect(outcomeOfForm(form)).toBe('invalid_token: claims');
    expect(outcomeOfForm(`${form}?`)).toBe('accepted');
  });

  it('decides what is handed out, frozen to the bottom', () => {
    const { claims } = setUpProfile({ claims: { groups: 'texts', nick: 'text?', words: 'words' }, session: null });
    const found = claims({ ...goodClaims, groups: ['a'], words: 'a b', other: 1 });
    expect(found).toEqual({
      iss: goodClaims.iss,
      sub: goodClaims.sub,
      aud: goodClaims.aud,
      exp: goodClaims.exp,
      groups: ['a'],
      words: 'a b',
      roles: goodClaims.roles,
      scopes: found.scopes,
    });
    expect([...found.scopes]).toEqual(['order:read', 'order:write']);
    const optional = setUpProfile({ claims: { groups: 'texts?' }, session: null }).claims({
      ...goodClaims,
      groups: ['a'],
    });
    expect(Object.isFrozen(Reflect.get(optional, 'groups'))).toBe(true);
    for (const part of [found, found.aud, found.roles, Reflect.get(found, 'groups')]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('a claim with a fixed value in a profile', () => {
  it.each([
    ['access', ['id', 'ACCESS', 'access ', '', null, true, ['access'], { access: 1 }]],
    [1, [2, '1', true, [1], null]],
    [0, [1, '0', false, null, '']],
    [true, [false, 'true', 1, null]],
    [false, [true, 'false', 0, null, '']],
  ])('must be there with the value %p', (value, others) => {
    const { outcome, claims } = setUpProfile({ fixed: { use: value } });
    expect(claims({ ...goodClaims, use: value })).toHaveProperty('use', value);
    expect(outcome(goodClaims)).toBe('invalid_token: claims');
    for (const other of others)
      expect([other, outcome({ ...goodClaims, use: other })]).toEqual([other, 'invalid_token: claims']);
  });
});

describe('the audience in a profile', () => {
  const forms = [['text'], ['texts'], ['text', 'texts']] as const;
  const audiences: readonly (readonly [unknown, readonly boolean[], readonly string[]])[] = [
    ['order', [true, false, true], ['order']],
    [['order'], [false, true, true], ['order']],
    [
      ['user', 'order'],
      [false, true, true],
      ['user', 'order'],
    ],
  ];

  it.each(['aud', 'client_ref'])('in the claim %s is a text, a list or either', (claim) => {
    for (const [value, expected, aud] of audiences) {
      for (const [index, allowed] of forms.entries()) {
        const { outcome, claims } = setUpProfile({ audience: { claim, forms: allowed } });
        const payload = { ...goodClaims, aud: undefined, [claim]: value };
        expect(outcome(payload)).toBe(expected[index] ? 'accepted' : 'invalid_token: claims');
        if (expected[index]) expect(claims(payload).aud).toEqual(aud);
      }
    }
  });

  it.each([undefined, null, '', 'user', 'orde', 'order ', 5, {}, [], [''], ['user'], [['order']], { order: 1 }])(
    'is rejected when it is %p, in whatever claim it stands',
    (value) => {
      for (const claim of ['aud', 'client_ref']) {
        for (const allowed of forms) {
          const { outcome } = setUpProfile({ audience: { claim, forms: allowed } });
          expect(outcome({ ...goodClaims, aud: undefined, [claim]: value })).toBe('invalid_token: audience');
        }
      }
    },
  );

  it('in another claim is compared in that claim alone', () => {
    const { outcome } = setUpProfile({ audience: { claim: 'client_ref', forms: ['text'] } });
    expect(outcome(goodClaims)).toBe('invalid_token: audience');
    expect(outcome({ ...goodClaims, client_ref: 'user' })).toBe('invalid_token: audience');
    expect(outcome({ ...goodClaims, aud: ['billing'], client_ref: 'order' })).toBe('accepted');
  });

  it('may hold no entry that is empty or no text beside the right one', () => {
    const { outcome } = setUpProfile();
    for (const more of ['', 5, null])
      expect(outcome({ ...goodClaims, aud: ['order', more] })).toBe('invalid_token: claims');
  });

  it('is not found in an inherited member', () => {
    for (const claim of ['__proto__', 'constructor', 'toString']) {
      const { outcome } = setUpProfile({ audience: { claim, forms: ['text', 'texts'] } });
      expect(outcome(goodClaims)).toBe('invalid_token: audience');
    }
  });

  it('of a remembered token is frozen', () => {
    const { claims } = setUpProfile({ audience: { claim: 'aud', forms: ['text'] } });
    expect(Object.isFrozen(claims({ ...goodClaims, aud: 'order' }).aud)).toBe(true);
  });
});

describe('the place of scopes and roles in a profile', () => {
  type Place = NonNullable<AccessTokenProfile['roles']>;
  const place = (more: Partial<Place> = {}): Place => ({
    path: ['realm', 'roles'],
    form: 'texts',
    isRequired: true,
    ...more,
  });

  it('is followed from the outside in', () => {
    const { claims } = setUpProfile({ roles: place(), scopes: place({ path: ['a', 'b', 'c'], form: 'words' }) });
    const found = claims({ ...goodClaims, realm: { roles: ['x', 'y'] }, a: { b: { c: ' r  w ' } } });
    expect(found.roles).toEqual(['x', 'y']);
    expect([...found.scopes]).toEqual(['r', 'w']);
    expect(Object.isFrozen(found.roles)).toBe(true);
  });

  it.each([true, false])('is optional only when isRequired is false (%p)', (isRequired) => {
    const { outcome, verifier } = setUpProfile({ roles: place({ isRequired }) });
    for (const more of [{}, { realm: {} }, { realm: { role: [] } }]) {
      const payload = { ...goodClaims, ...more };
      expect(outcome(payload)).toBe(isRequired ? 'invalid_token: claims' : 'accepted');
      if (!isRequired) {
        const { roles } = verifier.verify(tokenWith(payload));
        expect(roles).toEqual([]);
        expect(Object.isFrozen(roles)).toBe(true);
      }
    }
  });

  it.each([null, 'text', 5, true, [], [['x']]])('is rejected when it leads through %p', (realm) => {
    for (const isRequired of [true, false]) {
      expect(setUpProfile({ roles: place({ isRequired }) }).outcome({ ...goodClaims, realm })).toBe(
        'invalid_token: claims',
      );
    }
  });

  it.each([null, 5, true, {}, { 0: 'x' }, [5], [''], ['a', null]])('is rejected when it holds %p', (roles) => {
    for (const form of ['words', 'texts'] as const) {
      for (const isRequired of [true, false]) {
        const { outcome } = setUpProfile({ roles: place({ form, isRequired }) });
        expect(outcome({ ...goodClaims, realm: { roles } })).toBe('invalid_token: claims');
      }
    }
  });

  it('has one form: words are no list, and a list is no words', () => {
    const payload = (roles: unknown) => ({ ...goodClaims, realm: { roles } });
    expect(setUpProfile({ roles: place({ form: 'words' }) }).claims(payload('a b')).roles).toEqual(['a', 'b']);
    expect(setUpProfile({ roles: place({ form: 'words' }) }).outcome(payload(['a']))).toBe('invalid_token: claims');
    expect(setUpProfile({ roles: place() }).outcome(payload('a b'))).toBe('invalid_token: claims');
  });

  it('is demanded for scopes as for roles', () => {
    const { outcome } = setUpProfile({ scopes: place({ path: ['scp'] }) });
    for (const scp of [undefined, null, 'a', [5], ['']]) {
      expect(outcome({ ...goodClaims, scp })).toBe('invalid_token: claims');
    }
    expect(outcome({ ...goodClaims, scp: ['a'] })).toBe('accepted');
  });

  it('that is null hands out nothing, whatever a token has', () => {
    const { claims } = setUpProfile({ roles: null, scopes: null });
    const { roles, scopes } = claims(goodClaims);
    expect([roles, scopes.size]).toEqual([[], 0]);
    expect(Object.isFrozen(roles)).toBe(true);
  });

  it('is not found in an inherited member', () => {
    const { claims, outcome } = setUpProfile({
      roles: place({ path: ['constructor', 'name'], form: 'words', isRequired: false }),
    });
    expect(claims(goodClaims).roles).toEqual([]);
    expect(outcome({ ...goodClaims, constructor: { name: 'admin' } })).toBe('accepted');
    const required = setUpProfile({ roles: place({ path: ['toString', 'name'], form: 'words' }) });
    expect(required.outcome(goodClaims)).toBe('invalid_token: claims');
  });
});
