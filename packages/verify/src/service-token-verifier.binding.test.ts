import { describe, expect, it } from '@jest/globals';
import { forge, rs256, segment } from '../test/forge.ts';
import {
  bytes,
  createQuote,
  openDoor,
  quoteCall,
  quoteContent,
  readNote,
  setUpServiceCalls,
} from '../test/service-calls.ts';
import { AuthError } from './auth-error.ts';

const { arriving, forged, noteCall, outcome, quoteClaims, signer, userToken, users, verifierWith } =
  setUpServiceCalls();
const ada = userToken();
const note = noteCall(ada);

describe('the binding of a service token to its request', () => {
  it('accepts the signed request, with and without a user', async () => {
    expect(await outcome(arriving(quoteCall), quoteContent)).toBe('accepted');
    expect(await outcome(arriving(note))).toBe('accepted');
  });

  it.each([
    ['another path', { target: '/internal/quotes2' }],
    ['a query that was added', { target: '/internal/quotes?admin=1' }],
    ['an empty query that was added', { target: '/internal/quotes?' }],
    ['a slash behind it', { target: '/internal/quotes/' }],
    ['other letters', { target: '/INTERNAL/quotes' }],
    ['an escape for a letter', { target: '/internal/%71uotes' }],
    ['absolute-form', { target: 'https://product/internal/quotes' }],
    ['absolute-form of another host', { target: 'http://evil/internal/quotes' }],
    ['an authority in front', { target: '//product/internal/quotes' }],
    ['an empty segment', { target: '/internal//quotes' }],
    ['a fragment', { target: '/internal/quotes#x' }],
    ['a dot segment', { target: '/internal/./quotes' }],
    ['nothing', { target: '' }],
  ])('rejects a target with %s', async (_case, received) => {
    expect(await outcome(arriving(quoteCall, received), quoteContent)).toBe('invalid_service_token: target');
  });

  it.each([
    ['a query that was changed', '/internal/notes/7?full=0'],
    ['a query that was taken off', '/internal/notes/7'],
    ['a query in another order', '/internal/notes/7?a=1&full=1'],
    ['a repeated parameter', '/internal/notes/7?full=1&full=1'],
    ['the query in another spelling', '/internal/notes/7?full=%31'],
    ['another parameter in the path', '/internal/notes/8?full=1'],
  ])('rejects a target with %s', async (_case, target) => {
    expect(await outcome(arriving(note, { target }))).toBe('invalid_service_token: target');
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'post', 'POST ', ''])('rejects the method %j for POST', async (method) => {
    expect(await outcome(arriving(quoteCall, { method }), quoteContent)).toBe('invalid_service_token: method');
  });

  it.each([
    '//evil/x',
    '/internal/../quotes',
    '/internal%2fquotes',
    '/internal/quotes#x',
    'http://evil/internal/quotes',
  ])('rejects the ambiguous target %s, though its caller signed it', async (target) => {
    const serviceToken = forged({ ...quoteClaims(), htu: `https://product${target}` });
    expect(await outcome(arriving(quoteCall, { target, serviceToken }), quoteContent)).toBe(
      'invalid_service_token: target',
    );
  });

  it('rejects a method that the operation does not have, also when signed', async () => {
    const operation = { ...readNote, method: 'HEAD' as 'GET' };
    const serviceToken = signer.sign({ ...note, operation });
    const incoming = { ...arriving(note), serviceToken, method: 'HEAD' };
    expect(await outcome(incoming)).toBe('invalid_service_token: method');
  });

  it.each([
    ['other content', bytes('{"items":[2]}')],
    ['content with a space more', bytes('{"items": [1]}')],
    ['content with a line break behind it', bytes('{"items":[1]}\n')],
    ['content in UTF-16', Buffer.from('{"items":[1]}', 'utf16le')],
    ['no content', new Uint8Array()],
  ])('rejects %s', async (_case, content) => {
    expect(await outcome(arriving(quoteCall), content)).toBe('invalid_service_token: content_binding');
  });

  it('rejects content when none was signed', async () => {
    expect(await outcome(arriving(note), bytes('{}'))).toBe('invalid_service_token: content_binding');
    expect(await outcome(arriving(note), bytes(' '))).toBe('invalid_service_token: content_binding');
  });

  it('rejects a token of one operation on the route of another', async () => {
    const other = { ...createQuote, id: 'product:quotes.check' };
    const incoming = { ...arriving(quoteCall), operation: other };
    expect(await outcome(incoming, quoteContent)).toBe('invalid_service_token: operation');
  });
});

describe('the binding of a service token to its user', () => {
  it.each([
    ['of another user', () => userToken()],
    [
      'of the same user, from another login',
      () => userToken({ sub: users.verifierWith({ audience: 'product' }).verify(ada).sub }),
    ],
    ['in another spelling', () => `${ada.slice(0, -1)}_`],
    ['that is forged', () => `${ada.split('.').slice(0, 2).join('.')}.${segment(Buffer.alloc(256))}`],
    ['that is empty', () => ''],
  ])('rejects an access token %s', async (_case, token) => {
    expect(await outcome(arriving(note, { accessToken: token() }))).toBe('invalid_service_token: access_token_binding');
  });

  it('rejects the call without the user it was signed for', async () => {
    const incoming = { ...arriving(note), accessToken: undefined };
    expect(await outcome(incoming)).toBe('invalid_service_token: access_token_binding');
  });

  it('rejects a user who was not signed', async () => {
    const alone = { ...note, accessToken: undefined };
    expect(await outcome(arriving(alone, { accessToken: ada }))).toBe('invalid_service_token: access_token_binding');
    expect(await outcome(arriving(quoteCall, { accessToken: ada }), quoteContent)).toBe(
      'invalid_service_token: access_token_binding',
    );
  });

  it.each([
    ['expired', { exp: 1, iat: 1 }, 'token_expired: expired'],
    ['for another service', { aud: ['order'] }, 'invalid_token: audience'],
    ['from another issuer', { iss: 'https://evil.example' }, 'invalid_token: issuer'],
    ['without the scope', { scope: 'order:write' }, 'insufficient_scope: scope'],
    ['with a scope that begins like the one', { scope: 'order:read-any' }, 'insufficient_scope: scope'],
  ])('rejects an access token that is %s, bound as it is', async (_case, claims, expected) => {
    expect(await outcome(arriving(noteCall(userToken(claims))))).toBe(expected);
  });

  it('rejects an access token that is forged, bound as it is', async () => {
    const header = { alg: 'RS256', typ: 'at+jwt', kid: users.issuer.kid };
    const payload = { iss: users.issuer.issuer, aud: ['product'], exp: 1 };
    const forgedToken = forge({ header, payload, sign: () => Buffer.alloc(256) });
    expect(await outcome(arriving(noteCall(forgedToken)))).toBe('invalid_token: signature');
    const sent = noteCall(forge({ header, payload, sign: rs256(users.issuer.privateKey) }));
    expect(await outcome(arriving(sent))).toBe('token_expired: expired');
  });

  it('rejects a service token in the place of the access token', async () => {
    const serviceToken = signer.sign(quoteCall);
    expect(await outcome(arriving(noteCall(serviceToken)))).toBe('invalid_token: header');
  });

  it('is unavailable, without a refusal, while there are no keys to verify the access token', async () => {
    const keys = () => {
      throw new AuthError('unavailable', 'keys_unavailable');
    };
    const verifier = verifierWith({ accessTokens: users.verifierWith({ audience: 'product', keys }) });
    expect(await outcome(arriving(note), undefined, verifier)).toBe('unavailable: keys_unavailable');
    expect(await outcome(arriving(quoteCall), quoteContent, verifier)).toBe('accepted');
  });

  it('returns the user of the access token', () => {
    const pending = verifierWith({}).verify(arriving(note));
    expect(pending.user?.sub).toBe(users.verifierWith({ audience: 'product' }).verify(ada).sub);
    expect(pending).toMatchObject({ caller: 'order', operation: 'product:notes.read' });
  });
});

describe('the policy of an operation', () => {
  it('rejects a caller that is not listed', async () => {
    const incoming = arriving({ ...quoteCall, operation: openDoor, target: '/internal/doors' });
    expect(await outcome(incoming, quoteContent)).toBe('caller_not_allowed: caller');
  });

  it('checks the caller before the operation and the user', async () => {
    const door = { ...readNote, callers: [], id: 'product:doors.read' };
    expect(await outcome({ ...arriving(note), operation: door })).toBe('caller_not_allowed: caller');
  });

  it('rejects a call without a required user', async () => {
    expect(await outcome(arriving({ ...note, accessToken: undefined }))).toBe('missing_token: absent');
  });

  it('rejects a call without a user where a scope of the user is needed', async () => {
    const operation = { ...createQuote, userScopes: ['order:read'] };
    expect(await outcome(arriving({ ...quoteCall, operation }), quoteContent)).toBe('insufficient_scope: scope');
  });

  it('rejects a bound user when none is expected', async () => {
    const incoming = arriving({ ...quoteCall, accessToken: ada });
    expect(await outcome(incoming, quoteContent)).toBe('invalid_service_token: user_not_expected');
  });

  it('rejects every user when the service verifies none', async () => {
    const verifier = verifierWith({ accessTokens: null });
    expect(await outcome(arriving(note), undefined, verifier)).toBe('invalid_service_token: user_not_expected');
    expect(await outcome(arriving(quoteCall), quoteContent, verifier)).toBe('accepted');
  });
});
