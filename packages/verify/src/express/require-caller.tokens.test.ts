import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WireRequest } from '../../test/http.ts';
import { type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import { quoteCall, quoteContent } from '../../test/service-calls.ts';

let product: QuoteService;
let auditFails = false;
beforeAll(async () => {
  product = await startQuoteService(() => {
    if (auditFails) throw new Error('the audit log is full');
  });
});
afterAll(() => product.close());
beforeEach(() => {
  product.handled.length = 0;
  product.decisions.length = 0;
  auditFails = false;
});

type Headers = NonNullable<WireRequest['headers']>;
const json = ['Content-Type', 'application/json'] as const;
const sendQuote = (headers: Headers) =>
  product.send({ method: 'POST', target: quoteCall.target, headers: [json, ...headers], body: quoteContent });
const sendNote = (headers: Headers) => product.send({ target: '/internal/notes/7?full=1', headers });
const quoteToken = () => product.signer.sign(quoteCall);
const noteToken = (accessToken: string) => product.signer.sign(product.noteCall(accessToken));
const bearer = (token: string) => ['Authorization', `Bearer ${token}`] as const;

describe('the Service-Token header', () => {
  it.each([
    ['absent', () => [], 'absent'],
    ['empty', () => [['Service-Token', '']], 'malformed'],
    [
      'there twice',
      () => [
        ['Service-Token', quoteToken()],
        ['Service-Token', quoteToken()],
      ],
      'duplicate_header',
    ],
    [
      'there twice in other letters',
      () => [
        ['Service-Token', quoteToken()],
        ['SERVICE-TOKEN', 'x'],
      ],
      'duplicate_header',
    ],
    ['two tokens in one', () => [['Service-Token', `${quoteToken()}, ${quoteToken()}`]], 'malformed'],
    ['a token with a scheme', () => [['Service-Token', `Bearer ${quoteToken()}`]], 'malformed'],
    ['a token in quotes', () => [['Service-Token', `"${quoteToken()}"`]], 'malformed'],
    ['an access token', () => [['Service-Token', product.userToken()]], 'header'],
    ['longer than 2 KB', () => [['Service-Token', 'a'.repeat(2049)]], 'too_long'],
    ['written with an underscore', () => [['Service_Token', quoteToken()]], 'absent'],
    ['written with X- in front', () => [['X-Service-Token', quoteToken()]], 'absent'],
    ['a cookie', () => [['Cookie', `Service-Token=${quoteToken()}`]], 'absent'],
    ['given as Authorization', () => [bearer(quoteToken())], 'absent'],
    ['given as DPoP', () => [['DPoP', quoteToken()]], 'absent'],
  ] as [string, () => Headers, string][])('is rejected when it is %s', async (_case, headers, reason) => {
    expect(await sendQuote(headers())).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', reason }]);
    expect(product.decisions[0]?.caller).toBeUndefined();
    expect(product.handled).toEqual([]);
  });

  it('is read from the header alone, not from the query', async () => {
    const target = `${quoteCall.target}?service_token=${quoteToken()}`;
    expect(await product.send({ method: 'POST', target, headers: [json], body: quoteContent })).toMatchObject({
      status: 400,
    });
  });
});

describe('the user of a call', () => {
  it.each([
    ['swapped', (ada: string) => [['Service-Token', noteToken(ada)], bearer(product.userToken())]],
    ['stripped', (ada: string) => [['Service-Token', noteToken(ada)]]],
    [
      'moved to another scheme',
      (ada: string) => [
        ['Service-Token', noteToken(ada)],
        ['Authorization', `DPoP ${ada}`],
      ],
    ],
    [
      'in a cookie',
      (ada: string) => [
        ['Service-Token', noteToken(ada)],
        ['Cookie', `access_token=${ada}`],
      ],
    ],
    ['a service token', (ada: string) => [['Service-Token', noteToken(ada)], bearer(quoteToken())]],
  ] as [string, (ada: string) => Headers][])('cannot be %s on the way', async (_case, headers) => {
    expect(await sendNote(headers(product.userToken()))).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', reason: 'access_token_binding', caller: 'order' }]);
    expect(product.handled).toEqual([]);
  });

  it('cannot be added to a call without one', async () => {
    const answer = await sendQuote([['Service-Token', quoteToken()], bearer(product.userToken())]);
    expect(answer).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(product.decisions).toMatchObject([{ reason: 'access_token_binding' }]);
  });

  it.each([
    ['has expired', { iat: 1, exp: 2 }, 401, 'token_expired', /^Bearer realm="api", error="invalid_token"/],
    ['is for another service', { aud: ['order'] }, 401, 'invalid_token', /^Bearer realm="api", error="invalid_token"/],
    ['lacks the scope', { scope: '' }, 403, 'insufficient_scope', /error="insufficient_scope", scope="order:read"$/],
  ])('is rejected with the code of a token that %s', async (_case, claims, status, code, challenge) => {
    const ada = product.userToken(claims);
    const answer = await sendNote([['Service-Token', noteToken(ada)], bearer(ada)]);
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers['www-authenticate']).toMatch(challenge);
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', code }]);
  });

  it('is required when the operation needs one', async () => {
    const serviceToken = product.signer.sign({ ...product.noteCall(''), accessToken: undefined });
    const answer = await sendNote([['Service-Token', serviceToken]]);
    expect(answer).toMatchObject({ status: 401, code: 'missing_token' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it.each([
    ['a tab behind Bearer', 'Bearer\tx'],
    ['nothing in it', ''],
    ['a token in quotes', 'Bearer "x"'],
  ])('is rejected with an Authorization header that has %s, also where no user is expected', async (_case, value) => {
    const answer = await sendQuote([
      ['Service-Token', quoteToken()],
      ['Authorization', value],
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', reason: 'malformed' }]);
    expect(product.handled).toEqual([]);
  });

  it('is rejected with two Authorization headers', async () => {
    const ada = product.userToken();
    const answer = await sendNote([['Service-Token', noteToken(ada)], bearer(ada), bearer(product.userToken())]);
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', reason: 'duplicate_header' }]);
  });
});

describe('the decision on a call', () => {
  it('is reported once, with caller and user, without any token', async () => {
    const ada = product.userToken();
    const serviceToken = noteToken(ada);
    const headers = [['Service-Token', serviceToken], bearer(ada)] as const;
    await sendNote(headers);
    await sendNote(headers);
    await sendNote([['Service-Token', `${serviceToken.slice(0, -3)}AAA`], bearer(ada)]);
    const known = {
      operation: 'product:notes.read',
      caller: 'order',
      kid: product.kid,
      jti: expect.any(String),
      user: expect.stringMatching(/^[\w-]{36}$/),
    };
    expect(product.decisions).toEqual([
      { decision: 'allow', ...known },
      { decision: 'deny', ...known, code: 'invalid_service_token', reason: 'replayed' },
      { decision: 'deny', operation: known.operation, code: 'invalid_service_token', reason: 'signature' },
    ]);
    const text = JSON.stringify(product.decisions);
    for (const part of [...serviceToken.split('.'), ...ada.split('.')]) expect(text).not.toContain(part);
  });

  it('that cannot be reported fails the call', async () => {
    auditFails = true;
    expect(await sendQuote([['Service-Token', quoteToken()]])).toMatchObject({ status: 500, code: 'internal' });
    expect(product.handled).toEqual([]);
  });
});

describe('refuseServiceToken', () => {
  it('rejects a service token on a public route, valid or not', async () => {
    for (const token of [quoteToken(), '', 'x']) {
      const answer = await product.send({ target: '/public', headers: [['Service-Token', token]] });
      expect(answer).toMatchObject({ status: 400, code: 'invalid_service_token' });
    }
  });

  it('passes on every other request, with its body unread', async () => {
    const answer = await product.send({ method: 'POST', target: '/public', headers: [json], body: '{"a":1}' });
    expect(answer).toMatchObject({ status: 200, text: '{"body":{"a":1}}' });
  });
});
