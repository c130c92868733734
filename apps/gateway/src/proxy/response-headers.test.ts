import { describe, expect, it } from '@jest/globals';
import { assertFramed, responseHeaders } from './response-headers.ts';

const options = { requestId: 'r1', forSession: false };
const own = ['X-Request-Id', 'r1'];

describe('responseHeaders', () => {
  it('passes what is between the service and the client, as it is written, every value of it', () => {
    const headers = ['Content-Type', 'text/plain', 'ETag', '"1"', 'Link', '<a>', 'LINK', '<b>', 'Location', '/x'];
    expect(responseHeaders(headers, options)).toEqual([...own, ...headers]);
  });

  it('has the request id of the gateway, whatever the service says', () => {
    expect(responseHeaders(['x-request-id', 'r2'], options)).toEqual(own);
  });

  it('drops what Connection names, in any case and any number of headers', () => {
    const headers = ['Connection', 'close, X-A', 'X-A', '1', 'CONNECTION', 'x-b', 'X-B', '2', 'X-C', '3'];
    expect(responseHeaders(headers, options)).toEqual([...own, 'X-C', '3']);
  });

  it('joins what is said about caching', () => {
    const headers = ['Cache-Control', 'public', 'cache-control', 'max-age=5'];
    expect(responseHeaders(headers, options)).toEqual([...own, 'Cache-Control', 'public, max-age=5']);
  });
});

describe('assertFramed', () => {
  const refusal = expect.objectContaining({ code: 'upstream_failed' });

  it.each([
    ['a length', ['Content-Length', '2'], true],
    ['chunks', ['Transfer-Encoding', 'Chunked'], true],
    ['no body', [], false],
  ])('takes an answer with %s', (_case, headers, hasBody) => {
    expect(() => assertFramed(headers, { hasBody })).not.toThrow();
  });

  it.each([
    ['an end that nobody can tell', [], true],
    ['another coding', ['Transfer-Encoding', 'gzip'], true],
    ['another coding besides', ['Transfer-Encoding', 'gzip, chunked'], true],
    ['two codings', ['Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'], true],
    ['another coding and no body', ['Transfer-Encoding', 'gzip'], false],
  ])('refuses an answer with %s', (_case, headers, hasBody) => {
    expect(() => assertFramed(headers, { hasBody })).toThrow(refusal);
  });
});
