import { describe, expect, it } from '@jest/globals';
import { parseDiscoveryUrl, parseJwksUrl } from './jwks-url.ts';

const plain = 'http://user:4001/.well-known/jwks.json';

describe('parseJwksUrl', () => {
  it.each([
    'https://auth.example/.well-known/jwks.json',
    'https://auth.example:8443/keys?tenant=a',
    'http://localhost:4001/jwks.json',
    'http://127.0.0.1:4001/jwks.json',
    'http://127.1:4001/jwks.json',
    'http://[::1]:4001/jwks.json',
  ])('accepts %s', (text) => {
    expect(parseJwksUrl(text, { allowHttp: false })).toBeInstanceOf(URL);
  });

  it.each([
    plain,
    'http://auth.example/jwks.json',
    'http://10.0.0.1/jwks.json',
    'http://127.0.0.1.evil.example/jwks.json',
    'http://localhost.evil.example/jwks.json',
    'http://[::ffff:127.0.0.1]/jwks.json',
    'http://0.0.0.0/jwks.json',
  ])('rejects %s: an attacker on the network could insert a key', (text) => {
    expect(() => parseJwksUrl(text, { allowHttp: false })).toThrow('url must be https');
  });

  it('accepts http to another machine when allowed', () => {
    expect(parseJwksUrl(plain, { allowHttp: true }).href).toBe(plain);
  });

  it.each([
    '',
    ' ',
    'auth.example',
    '/.well-known/jwks.json',
    'file:///etc/jwks.json',
    'data:application/json,{}',
    'ftp://auth.example/jwks.json',
    undefined,
    null,
    5,
    {},
  ])('rejects %p', (text) => {
    expect(() => parseJwksUrl(text as string, { allowHttp: true })).toThrow(/^url must be/);
  });

  it.each([
    'https://ada:hunter2@auth.example/jwks.json',
    'https://hunter2@auth.example/',
    'https://auth.example/#hunter2',
  ])('rejects %s, and does not repeat it', (text) => {
    expect(() => parseJwksUrl(text, { allowHttp: true })).toThrow('url must be without user, password and fragment');
  });
});

describe('parseDiscoveryUrl', () => {
  it.each(['http://127.0.0.1:4001/jwks.json', 'http://localhost/jwks.json', 'http://auth.example/jwks.json'])(
    'rejects %s unless http is allowed, also on this machine',
    (text) => {
      expect(() => parseDiscoveryUrl('jwks_uri', text, { allowHttp: false })).toThrow(/^jwks_uri must be https/);
      expect(parseDiscoveryUrl('jwks_uri', text, { allowHttp: true }).href).toBe(text);
    },
  );

  it('accepts https in any case', () => {
    const { href } = parseDiscoveryUrl('jwks_uri', 'https://keys.example/certs?v=2', { allowHttp: false });
    expect(href).toBe('https://keys.example/certs?v=2');
  });
});
