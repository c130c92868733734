import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createQuote, quoteCall, quoteContent, setUpServiceCalls } from '../test/service-calls.ts';
import { startOfTests as now } from '../test/test-clock.ts';
import { createTestEdge } from './testing/index.ts';

const { arriving, edge, forged, kid, outcome, quoteClaims, signer, users, verifierWith } = setUpServiceCalls();
const jti = () => randomBytes(16).toString('base64url');
const receive = (serviceToken: string) => outcome(arriving(quoteCall, { serviceToken }), quoteContent);

describe('a service token', () => {
  it('is accepted once with the claims of its signer', async () => {
    expect(Object.keys(quoteClaims()).sort()).toEqual([
      'aud',
      'exp',
      'htd',
      'htm',
      'htu',
      'iat',
      'iss',
      'jti',
      'scope',
    ]);
    expect(await receive(forged(quoteClaims()))).toBe('accepted');
  });

  it.each([
    ['lived for 15 s and 4 s ago expired', { iat: now - 19, exp: now - 4 }, 'accepted'],
    ['expired 5 s ago', { iat: now - 20, exp: now - 5 }, 'expired'],
    ['was issued 5 s ahead', { iat: now + 5, exp: now + 20 }, 'accepted'],
    ['was issued 6 s ahead', { iat: now + 6, exp: now + 21 }, 'not_yet_valid'],
    ['lives for 30 s', { exp: now + 30 }, 'accepted'],
    ['lives for 31 s', { exp: now + 31 }, 'lifetime'],
    ['expires as it is issued', { exp: now }, 'lifetime'],
    ['expires before it is issued', { iat: now + 2, exp: now + 1 }, 'lifetime'],
    ['counts in milliseconds', { iat: now * 1000, exp: (now + 15) * 1000 }, 'not_yet_valid'],
    ['has exp as text', { exp: String(now + 15) }, 'claims'],
    ['has exp with a fraction', { exp: now + 15.5 }, 'claims'],
    ['has exp null', { exp: null }, 'claims'],
    ['has iat as text', { iat: String(now) }, 'claims'],
    ['has iat with a fraction', { iat: now + 0.5 }, 'claims'],
    ['has iat null', { iat: null }, 'claims'],
    ['has iat zero', { iat: 0 }, 'claims'],
    ['is of another service than its key', { iss: 'user' }, 'issuer'],
    ['is of the callee itself', { iss: 'product' }, 'issuer'],
    ['has iss in a list', { iss: ['order'] }, 'issuer'],
    ['has iss in capitals', { iss: 'ORDER' }, 'issuer'],
    ['is for another callee', { aud: 'user' }, 'audience'],
    ['is for a list that holds the callee', { aud: ['product'] }, 'claims'],
    ['is for a list that holds the callee among others', { aud: ['user', 'product'] }, 'claims'],
    ['is for a name that begins like the callee', { aud: 'product-admin' }, 'audience'],
    ['has a jti that is too short', { jti: 'short' }, 'claims'],
    ['has a jti that is too long', { jti: 'A'.repeat(23) }, 'claims'],
    ['has a jti of other characters', { jti: `${'A'.repeat(21)}|` }, 'claims'],
    ['has a number for jti', { jti: 5 }, 'claims'],
    ['is for another operation', { scope: 'product:quotes.delete' }, 'operation'],
    ['is for two operations', { scope: 'product:quotes.create product:doors.open' }, 'operation'],
    ['is for a list of operations', { scope: ['product:quotes.create'] }, 'claims'],
    ['is for no operation', { scope: '' }, 'operation'],
    ['is for another method', { htm: 'GET' }, 'method'],
    ['has its method in small letters', { htm: 'post' }, 'method'],
    ['is for another path', { htu: 'https://product/internal/doors' }, 'target'],
    ['is for the path with a query', { htu: 'https://product/internal/quotes?a=1' }, 'target'],
    ['is for the path with a slash behind it', { htu: 'https://product/internal/quotes/' }, 'target'],
    ['is for the path in other letters', { htu: 'https://product/internal/Quotes' }, 'target'],
    ['is for the path without an authority', { htu: '/internal/quotes' }, 'target'],
    ['is for the path over http', { htu: 'http://product/internal/quotes' }, 'target'],
    ['is for the path at another authority', { htu: 'https://user/internal/quotes' }, 'target'],
    ['is for the path at the authority with a port', { htu: 'https://product:443/internal/quotes' }, 'target'],
    ['is for other content', { htd: 'A'.repeat(43) }, 'content_binding'],
    ['has an htd with padding', { htd: `${'A'.repeat(43)}=` }, 'claims'],
    ['has an htd that is too long', { htd: 'A'.repeat(44) }, 'claims'],
    ['has an empty htd', { htd: '' }, 'claims'],
    ['has a list for htd', { htd: ['A'.repeat(43)] }, 'claims'],
    ['has an ath though no user comes along', { ath: 'A'.repeat(43) }, 'access_token_binding'],
    ['has an empty ath', { ath: '' }, 'claims'],
    ['has null for ath', { ath: null }, 'claims'],
    ['has a claim that is not known', { sub: 'ada' }, 'claims'],
    ['has a start', { nbf: now }, 'claims'],
    ['has a start to come', { nbf: now + 60 }, 'not_yet_valid'],
  ])('that %s has the result %j, "%s"', async (_case, claims, expected) => {
    const outcomeOfIt = await receive(forged({ ...quoteClaims(), jti: jti(), ...claims }));
    expect(outcomeOfIt).toBe(expected === 'accepted' ? expected : `invalid_service_token: ${expected}`);
  });

  it.each([
    ['iss', 'issuer'],
    ['aud', 'audience'],
    ...['iat', 'exp', 'jti', 'scope', 'htm', 'htu', 'htd'].map((name) => [name, 'claims'] as const),
  ])('without %s is rejected: "%s"', async (name, reason) => {
    expect(await receive(forged({ ...quoteClaims(), [name]: undefined }))).toBe(`invalid_service_token: ${reason}`);
  });

  it.each(['null', '[]', '"x"', '5', 'true', 'not json'])('whose payload is %s is rejected', async (payload) => {
    expect(await receive(forged(payload))).toMatch(/^invalid_service_token: (claims|audience)$/);
  });

  it.each(['1e400', '-1e400', '9007199254740992', '"9999999999"', '[]', '{}', 'true'])(
    'with %s for exp or iat is rejected',
    async (value) => {
      for (const name of ['exp', 'iat']) {
        const payload = JSON.stringify({ ...quoteClaims(), [name]: '#' }).replace('"#"', value);
        expect(await receive(forged(payload))).toMatch(/^invalid_service_token: (claims|expired|not_yet_valid)$/);
      }
    },
  );

  it.each([
    ['typ of an access token', { typ: 'at+jwt' }, 'header'],
    ['typ JWT', { typ: 'JWT' }, 'header'],
    ['typ of DPoP', { typ: 'dpop+jwt' }, 'header'],
    ['no typ', { typ: undefined }, 'header'],
    ['alg none', { alg: 'none' }, 'header'],
    ['alg HS384', { alg: 'HS384' }, 'header'],
    ['alg HS512', { alg: 'HS512' }, 'header'],
    ['alg RS256', { alg: 'RS256' }, 'header'],
    ['crit', { crit: ['exp'] }, 'header'],
    ['b64', { b64: false }, 'header'],
    ['kid in a list', { kid: [kid] }, 'header'],
    ['kid constructor', { kid: 'constructor' }, 'kid_unknown'],
    ['kid __proto__', { kid: '__proto__' }, 'kid_unknown'],
    ['kid of nobody', { kid: 'order.product.0' }, 'kid_unknown'],
    ['an empty kid', { kid: '' }, 'kid_unknown'],
  ])('with %s in its header is rejected', async (_case, header, reason) => {
    expect(await receive(forged(quoteClaims(), header))).toBe(`invalid_service_token: ${reason}`);
  });

  it.each([
    ['nothing', ''],
    ['the text of "undefined"', 'undefined'],
    ['its own kid', kid],
    ['the secret of another edge', createTestEdge('order', 'product').calls.get('product')?.key ?? ''],
    ['the public key of the issuer', JSON.stringify(users.issuer.jwks)],
  ])('signed with %s is rejected', async (_case, secret) => {
    expect(await receive(forged(quoteClaims(), {}, secret))).toBe('invalid_service_token: signature');
  });

  it('is compared with the clock of the verifier alone, not with that of the machine', async () => {
    const verifier = verifierWith({ now: () => 1_000_000, singleUse: { use: () => 'recorded' } });
    const serviceToken = forged({ ...quoteClaims(), iat: 1_000_000, exp: 1_000_015 });
    expect(await outcome(arriving(quoteCall, { serviceToken }), quoteContent, verifier)).toBe('accepted');
  });

  it('over 2 KB is rejected', async () => {
    const htu = `https://product/internal/quotes?${'x'.repeat(1800)}`;
    expect(await receive(forged({ ...quoteClaims(), htu }))).toBe('invalid_service_token: too_long');
  });

  it('is rejected when it is an access token', async () => {
    expect(await receive(users.issuer.token({ aud: ['product'] }))).toBe('invalid_service_token: header');
    const dressed = users.issuer.token({ aud: ['product'] }).split('.');
    expect(await receive(dressed.join(','))).toBe('invalid_service_token: malformed');
  });

  it("of another caller is rejected under this caller's name, and accepted under its own only when listed", async () => {
    const other = createTestEdge('billing', 'product');
    const verifier = verifierWith({ keys: new Map([...edge.accepts, ...other.accepts]) });
    const entry = other.calls.get('product');
    const through = (claims: object) => {
      const token = forged({ ...quoteClaims(), ...claims }, { kid: entry?.kid }, entry?.key);
      return outcome(arriving(quoteCall, { serviceToken: token }), quoteContent, verifier);
    };
    expect(await through({})).toBe('invalid_service_token: issuer');
    expect(await through({ iss: 'billing' })).toBe('caller_not_allowed: caller');
    const both = { ...createQuote, callers: ['order', 'billing'] };
    const token = forged({ ...quoteClaims(), iss: 'billing' }, { kid: entry?.kid }, entry?.key);
    expect(
      await outcome({ ...arriving(quoteCall, { serviceToken: token }), operation: both }, quoteContent, verifier),
    ).toBe('accepted');
  });

  it('for another callee is rejected, also when both have the key', async () => {
    const verifier = verifierWith({ service: 'user' });
    const incoming = arriving(quoteCall, { serviceToken: signer.sign(quoteCall) });
    expect(await outcome(incoming, quoteContent, verifier)).toBe('invalid_service_token: audience');
  });

  it('whose key is removed is rejected at once', async () => {
    let keys = edge.accepts;
    const verifier = verifierWith({ keys: () => keys });
    expect(await outcome(arriving(quoteCall), quoteContent, verifier)).toBe('accepted');
    keys = createTestEdge('order', 'product').accepts;
    expect(await outcome(arriving(quoteCall), quoteContent, verifier)).toBe('invalid_service_token: kid_unknown');
  });
});
