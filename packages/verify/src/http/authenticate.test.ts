import { describe, expect, it } from '@jest/globals';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import type { AccessTokenVerifier } from '../access-token.ts';
import { type AuthenticateOptions, createAuthenticator, protectedResource, type RequestHeaders } from './index.ts';

const { issuer, verifier, verifierWith } = setUpAccessTokens();
const good = issuer.token({ sub: 'ada', scope: 'order:read' });
const bearer = `Bearer ${good}`;
const authenticate = createAuthenticator(verifier);

/** Returns the user or the code and reason of a request with these headers. */
function outcomeOf(headers: RequestHeaders): string {
  const { claims, refusal } = authenticate({ headers });
  return refusal === undefined ? claims.sub : `${refusal.code} ${refusal.reason}`;
}

describe('createAuthenticator', () => {
  it('returns the claims and the token of a user', () => {
    const user = authenticate({ method: 'GET', target: '/', headers: ['Authorization', bearer] });
    expect(user).toMatchObject({ claims: { sub: 'ada' }, token: good });
    expect(user.refusal).toBeUndefined();
  });

  it('returns a refusal that a Response is made of', async () => {
    const { refusal } = authenticate({ headers: [] });
    const response = new Response(refusal?.body, refusal);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
    expect(response.headers.get('content-length')).toBe(String((await response.clone().text()).length));
    expect(await response.json()).toMatchObject({ code: 'missing_token', status: 401 });
  });

  it('leaves the body out for HEAD alone', () => {
    const bodies = ['HEAD', 'GET', 'head', undefined].map(
      (method) => authenticate({ method, headers: [] }).refusal?.body,
    );
    expect(bodies.map((body) => body === '')).toEqual([true, false, false, false]);
  });

  it.each<[string, RequestHeaders]>([
    ['rawHeaders', ['Host', 'a', 'AUTHORIZATION', bearer]],
    ['Headers', new Headers({ authorization: bearer })],
    ['a Map', new Map([['Authorization', bearer]])],
    ['a list of pairs', [['Authorization', bearer]] as [string, string][]],
    ['an object', { Authorization: bearer, host: undefined }],
    ['an object with lists', { authorization: [bearer], accept: [] }],
  ])('reads %s', (_form, headers) => {
    expect(outcomeOf(headers)).toBe('ada');
  });

  it.each<[string, RequestHeaders]>([
    ['rawHeaders', ['Authorization', bearer, 'authorization', bearer]],
    [
      'a list of pairs',
      [
        ['Authorization', bearer],
        ['AUTHORIZATION', bearer],
      ] as [string, string][],
    ],
    ['an object with a list', { authorization: [bearer, bearer] }],
    ['an object with two spellings', { authorization: bearer, Authorization: bearer }],
  ])('sees a repeated field in %s', (_form, headers) => {
    expect(outcomeOf(headers)).toBe('invalid_request duplicate_header');
  });

  it('refuses a repeated field that Headers has joined', () => {
    const headers = new Headers([
      ['authorization', bearer],
      ['authorization', bearer],
    ]);
    expect(outcomeOf(headers)).toBe('invalid_request malformed');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', `Authorization: ${bearer}`],
    ['a list that ends with a name', ['Authorization', bearer, 'Host']],
    ['a list with a number', ['Authorization', 5]],
    ['pairs with a name alone', [['Authorization']]],
    ['an object with a number', { authorization: 5 }],
    ['an object with null', { authorization: null }],
    ['an object with a list of lists', { authorization: [[bearer]] }],
  ])('throws for headers that are %s, and does not repeat them', (_form, headers) => {
    const ask = () => authenticate({ headers: headers as unknown as RequestHeaders });
    expect(ask).toThrow(TypeError);
    expect(ask).toThrow('headers must be names with values');
    expect(ask).not.toThrow('eyJ');
  });

  it('checks scopes, and whether revocations are known', () => {
    const options = { scope: 'order:read', onRevocationStale: 'deny', revocations: { isStale: () => true } } as const;
    const ask = (given: AuthenticateOptions) =>
      createAuthenticator(verifier, given)({ headers: ['Authorization', bearer] }).refusal?.reason;
    expect(ask({ scope: 'order:read' })).toBeUndefined();
    expect(ask({ scope: ['order:read', 'order:write'] })).toBe('scope');
    expect(ask(options)).toBe('revocations_stale');
  });

  it('throws what is no refusal', () => {
    const broken = verifierWith({ now: () => Number.NaN });
    expect(() => createAuthenticator(broken)({ headers: ['Authorization', bearer] })).toThrow(/clock/i);
  });

  it.each([
    ['no verifier', undefined, {}, 'createAuthenticator needs an access token verifier'],
    ['a bad scope', verifier, { scope: 'a b' }, 'createAuthenticator needs one scope'],
    ['a bad scope in a list', verifier, { scope: ['a', ''] }, 'createAuthenticator needs one scope'],
    ['an empty list of scopes', verifier, { scope: [] }, 'createAuthenticator needs one scope or more'],
    ['null for a scope', verifier, { scope: null }, 'createAuthenticator needs one scope'],
    ['a misspelt option', verifier, { scopes: ['a'] }, 'createAuthenticator has no option scopes'],
    [
      'a metadata URL that breaks a header',
      verifier,
      { protectedResource: { metadataUrl: 'https://x/"\r\nSet-Cookie: a=b' } },
      'protectedResource must be made by protectedResource()',
    ],
    ['a rule that is none', verifier, { onRevocationStale: 'refuse' }, 'onRevocationStale'],
    ['a URL for metadata', verifier, { protectedResource: 'https://a' }, 'made by protectedResource()'],
    ['null for metadata', verifier, { protectedResource: null }, 'made by protectedResource()'],
  ])('throws at build time with %s', (_case, given, options, message) => {
    const build = () => createAuthenticator(given as AccessTokenVerifier, options as unknown as AuthenticateOptions);
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });

  it('names the metadata of its API', () => {
    const resource = protectedResource({ resource: 'https://api.example' });
    const { refusal } = createAuthenticator(verifier, { protectedResource: resource })({ headers: [] });
    expect(refusal?.headers['WWW-Authenticate']).toBe(
      'Bearer realm="api", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
    );
  });
});
