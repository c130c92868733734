import { describe, expect, it } from '@jest/globals';
import { readRequestHeaders } from './request-headers.ts';

const none = { connection: undefined, declared: [] };

const raw = (headers: Readonly<Record<string, string>>) => Object.entries(headers).flat();

describe('readRequestHeaders', () => {
  it('forwards standard and declared fields in their order', () => {
    const headers = {
      Accept: 'application/json',
      'Accept-Language': 'en',
      'Content-Type': 'application/json',
      'content-length': '2',
      'If-Match': '"1"',
      'Idempotency-Key': 'k1',
      'User-Agent': 'Test/1.0',
      Origin: 'https://shop.example',
      'Sec-Fetch-Site': 'same-origin',
      'X-Declared': 'caf\xe9',
    };
    const passed = Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), value]);
    const declared = ['idempotency-key', 'x-declared'];
    expect(readRequestHeaders(raw(headers), { ...none, declared })).toEqual({ passed, authorization: undefined });
  });

  it('forwards every value of a field with several', () => {
    const twice = ['Accept', 'a', 'X-A', 'b', 'Accept', 'c'];
    const { passed } = readRequestHeaders(twice, { ...none, declared: ['x-a'] });
    expect(passed).toEqual(['accept', 'a', 'x-a', 'b', 'accept', 'c']);
  });

  it.each([
    'X-Roles',
    'X-Email',
    'X-Identity',
    'X-User-Id',
    'X-Tenant',
    'X-Anything',
    'X-Forwarded-For',
    'X-Request-Id',
    'Roles',
    'User',
    'From',
    'Remote-User',
    'User-Id',
    'Client-Ip',
    'True-Client-Ip',
    'Forwarded',
    'Via',
    'Cookie',
    'Accept_Language',
    'If.Match',
    'Content-Type-2',
    'Sec-User',
    'Authentication',
    'Idempotency-Key',
  ])('removes %s, which no route of the service declares', (name) => {
    expect(readRequestHeaders([name, 'x'], none).passed).toEqual([]);
  });

  it.each([
    'Cookie',
    'Service-Token',
    'X-Forwarded-For',
    'X-Request-Id',
    'Authorization',
    'Host',
    'Upgrade',
    'Forwarded',
  ])('never forwards %s, even if a service declares it', (name) => {
    expect(readRequestHeaders([name, 'x'], { ...none, declared: [name.toLowerCase()] }).passed).toEqual([]);
  });

  it('returns Authorization separately', () => {
    const { passed, authorization } = readRequestHeaders(raw({ AUTHORIZATION: 'Bearer x' }), {
      ...none,
      connection: 'keep-alive',
    });
    expect([passed, authorization]).toEqual([[], 'Bearer x']);
  });

  it.each(['X-A', 'x-a', 'close, X-A', ' x-a ,keep-alive', ',,X-A,'])(
    'removes the fields that Connection: %s names',
    (connection) => {
      const headers = raw({ 'X-A': '1', 'X-B': '2', Connection: connection });
      expect(readRequestHeaders(headers, { connection, declared: ['x-a', 'x-b'] }).passed).toEqual(['x-b', '2']);
    },
  );

  it.each(['close', 'keep-alive', 'Close', 'upgrade', ''])(
    'removes no other field for Connection: %s',
    (connection) => {
      expect(readRequestHeaders(raw({ 'X-A': '1' }), { connection, declared: ['x-a'] }).passed).toEqual(['x-a', '1']);
    },
  );

  it('refuses a second Authorization, also when Connection names it', () => {
    const twice = ['Authorization', 'Bearer a', 'authorization', 'Bearer b'];
    expect(() => readRequestHeaders(twice, { ...none, connection: 'authorization' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it.each([
    'Authorization',
    'Content-Length',
    'Content-Type',
    'Content-Encoding',
    'Transfer-Encoding',
    'Host',
    'Origin',
    'Cookie',
    'Expect',
    'Idempotency-Key',
    'If-Match',
    'Range',
    'Referer',
    'Sec-Fetch-Site',
    'User-Agent',
  ])('refuses %s twice', (name) => {
    const value = name === 'Transfer-Encoding' ? 'chunked' : '1';
    expect(() => readRequestHeaders([name, value, name.toUpperCase(), value], none)).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: `Send ${name.toLowerCase()} once.` }),
    );
  });

  it.each(['gzip, chunked', 'identity', 'chunked, chunked', ''])('refuses Transfer-Encoding: %s', (value) => {
    expect(() => readRequestHeaders(['Transfer-Encoding', value], none)).toThrow(
      expect.objectContaining({ code: 'invalid_request', headers: { Connection: 'close' } }),
    );
  });
});
