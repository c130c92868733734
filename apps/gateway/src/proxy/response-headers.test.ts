import { describe, expect, it } from '@jest/globals';
import { assertFinalStatus, assertFramed, responseHeaders } from './response-headers.ts';

const options = { requestId: 'r1', accessToken: undefined, status: 200 };
const own = ['X-Request-Id', 'r1'];

describe('responseHeaders', () => {
  it('forwards the fields of the answer unchanged, with every value', () => {
    const headers = ['Content-Type', 'text/plain', 'ETag', '"1"', 'Link', '<a>', 'LINK', '<b>', 'Location', '/x'];
    expect(responseHeaders(headers, options)).toEqual([...own, ...headers]);
  });

  it('sets the request id of the gateway in place of that of the service', () => {
    expect(responseHeaders(['x-request-id', 'r2'], options)).toEqual(own);
  });

  it('removes the fields that Connection names, in any case and in several headers', () => {
    const headers = ['Connection', 'close, X-A', 'X-A', '1', 'CONNECTION', 'x-b', 'X-B', '2', 'X-C', '3'];
    expect(responseHeaders(headers, options)).toEqual([...own, 'X-C', '3']);
  });

  it.each([
    'Set-Cookie',
    'Clear-Site-Data',
    'Strict-Transport-Security',
    'Alt-Svc',
    'Access-Control-Allow-Origin',
    'NEL',
    'Authorization',
    'Cookie',
    'Service-Token',
    'X-User-Id',
    'X-Forwarded-For',
    'X_User_Id',
    'Keep-Alive',
  ])('removes %s, which is not about the answer', (name) => {
    expect(responseHeaders([name, 'x'], options)).toEqual(own);
  });

  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';

  it.each([
    ['as it is', token],
    ['behind its scheme', `Bearer ${token}`],
    ['within something else', `<https://a.example/?t=${token}>; rel="next"`],
    ['without its header', token.slice(token.indexOf('.') + 1)],
  ])('removes any field that contains the token of the session, %s', (_how, value) => {
    const passed = responseHeaders(['X-Debug', value, 'ETag', '"1"'], { ...options, accessToken: token });
    expect(passed).toEqual([...own, 'ETag', '"1"', 'Cache-Control', 'no-store']);
    expect(responseHeaders(['X-Debug', value], options)).toEqual([...own, 'X-Debug', value]);
  });

  it('removes the length of a 204, and keeps that of a 304', () => {
    const headers = ['Content-Length', '0'];
    expect(responseHeaders(headers, { ...options, status: 204 })).toEqual(own);
    expect(responseHeaders(headers, { ...options, status: 304 })).toEqual([...own, ...headers]);
  });

  it('joins several Cache-Control fields', () => {
    const headers = ['Cache-Control', 'public', 'cache-control', 'max-age=5'];
    expect(responseHeaders(headers, options)).toEqual([...own, 'Cache-Control', 'public, max-age=5']);
  });
});

describe('assertFinalStatus', () => {
  it.each([0, 99, 100, 101, 103, 199, 600, 700, 999])('refuses %i', (status) => {
    expect(() => assertFinalStatus(status)).toThrow(expect.objectContaining({ code: 'upstream_failed', blames: true }));
  });

  it.each([200, 226, 299, 304, 418, 599])('accepts %i', (status) => {
    expect(() => assertFinalStatus(status)).not.toThrow();
  });
});

describe('assertFramed', () => {
  const refusal = expect.objectContaining({ code: 'upstream_failed' });

  it.each([
    ['a length', ['Content-Length', '2'], true],
    ['chunks', ['Transfer-Encoding', 'Chunked'], true],
    ['no body', [], false],
  ])('accepts an answer with %s', (_case, headers, hasBody) => {
    expect(() => assertFramed(headers, { hasBody })).not.toThrow();
  });

  it.each([
    ['an unknown end', [], true],
    ['another coding', ['Transfer-Encoding', 'gzip'], true],
    ['another coding besides', ['Transfer-Encoding', 'gzip, chunked'], true],
    ['two codings', ['Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'], true],
    ['another coding and no body', ['Transfer-Encoding', 'gzip'], false],
  ])('refuses an answer with %s', (_case, headers, hasBody) => {
    expect(() => assertFramed(headers, { hasBody })).toThrow(refusal);
  });
});
