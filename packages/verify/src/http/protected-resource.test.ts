import { describe, expect, it } from '@jest/globals';
import { isForMetadata, type ProtectedResourceOptions, pathOf, protectedResource } from './protected-resource.ts';

const resource = 'https://api.example';

describe('protectedResource', () => {
  it.each([
    ['https://api.example', '/.well-known/oauth-protected-resource'],
    ['https://api.example/', '/.well-known/oauth-protected-resource'],
    ['https://api.example/resource1', '/.well-known/oauth-protected-resource/resource1'],
    ['https://api.example/a/b', '/.well-known/oauth-protected-resource/a/b'],
    ['https://api.example/a/', '/.well-known/oauth-protected-resource/a/'],
    ['https://api.example:8443/a', '/.well-known/oauth-protected-resource/a', 'https://api.example:8443'],
    ['http://localhost:3000', '/.well-known/oauth-protected-resource', 'http://localhost:3000'],
    ['http://127.0.0.1:3000/a', '/.well-known/oauth-protected-resource/a', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000/a', '/.well-known/oauth-protected-resource/a', 'http://[::1]:3000'],
  ])('inserts the well-known path into %s (RFC 9728 §3.1)', (given, path, origin = 'https://api.example') => {
    const { metadataPath, metadataUrl, document, ...rest } = protectedResource({ resource: given });
    expect([metadataPath, metadataUrl, rest]).toEqual([path, `${origin}${path}`, { resource: given }]);
    expect(JSON.parse(document)).toEqual({ resource: given, bearer_methods_supported: ['header'] });
  });

  it('publishes what it is given, character by character', () => {
    const { document } = protectedResource({
      resource,
      authorizationServers: ['https://auth.example', 'https://auth.example/realms/shop/'],
      scopes: ['order:read', 'order:write'],
      name: 'The "shop"',
      documentation: 'https://docs.example/shop?lang=en',
    });
    expect(JSON.parse(document)).toEqual({
      resource: 'https://api.example',
      authorization_servers: ['https://auth.example', 'https://auth.example/realms/shop/'],
      scopes_supported: ['order:read', 'order:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'The "shop"',
      resource_documentation: 'https://docs.example/shop?lang=en',
    });
  });

  it('allows http to another machine where that is said', () => {
    const given = { resource: 'http://api:3000', authorizationServers: ['http://auth:3000'], allowHttp: true };
    expect(protectedResource(given).metadataUrl).toBe('http://api:3000/.well-known/oauth-protected-resource');
  });

  it.each<[unknown, string]>([
    [undefined, 'resource must be a non-empty string'],
    ['', 'resource must be a non-empty string'],
    [new URL('https://api.example'), 'resource must be a non-empty string'],
    ['api.example', 'resource must be an absolute https URL'],
    ['urn:api', 'resource must be an absolute https URL'],
    ['ftp://api.example', 'resource must be an absolute https URL'],
    ['http://api.example', 'resource must be https, unless it leads to this machine or allowHttp is true'],
    ['http://localhost.example', 'resource must be https, unless it leads to this machine or allowHttp is true'],
    ['https://ada:secret@api.example', 'resource must be without user, password and fragment'],
    ['https://ada@api.example', 'resource must be without user, password and fragment'],
    ['https://:secret@api.example', 'resource must be without user, password and fragment'],
    ['https://api.example/#a', 'resource must be without user, password and fragment'],
    ['https://api.example/#', 'resource must be without user, password and fragment'],
    ['https://api.example/a?b=1', 'resource must be without query'],
    ['https://api.example/?', 'resource must be without query'],
    ['https://API.example', 'resource must be written as https://api.example'],
    ['https://api.example:443/a', 'resource must be written as https://api.example/a'],
    ['https://api.example/a/../b', 'resource must be written as https://api.example/b'],
    ['https://api.example/a"b', 'resource must be written as https://api.example/a%22b'],
    ['https://api.example\\a', 'resource must be written as https://api.example/a'],
    [' https://api.example', 'resource must be written as https://api.example'],
  ])('refuses %p for a resource', (given, message) => {
    const build = () => protectedResource({ resource: given as string });
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
    expect(build).not.toThrow(/secret@/);
  });

  it.each([
    [{ authorizationServers: [] }, 'authorizationServers must be a list that is not empty'],
    [{ authorizationServers: 'https://auth.example' }, 'authorizationServers must be a list that is not empty'],
    [{ authorizationServers: ['http://auth.example'] }, 'each of authorizationServers must be https'],
    [{ authorizationServers: ['https://auth.example?a'] }, 'each of authorizationServers must be without query'],
    [{ authorizationServers: ['auth'] }, 'each of authorizationServers must be an absolute https URL'],
    [{ scopes: [] }, 'scopes must be a list that is not empty'],
    [{ scopes: ['order:read order:write'] }, 'each of scopes needs one scope'],
    [{ name: ' ' }, 'name must be a non-empty string'],
    [{ documentation: 'docs' }, 'documentation must be an absolute https URL'],
    [{ allowHttp: 'yes' }, 'allowHttp must be true or false'],
  ])('refuses %j', (options, message) => {
    expect(() => protectedResource({ resource, ...options } as ProtectedResourceOptions)).toThrow(message);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(protectedResource({ resource }))).toBe(true);
  });
});

describe('isForMetadata', () => {
  const api = protectedResource({ resource: 'https://api.example/shop' });
  const path = '/.well-known/oauth-protected-resource/shop';
  it.each([
    ['GET', path, true],
    ['HEAD', path, true],
    ['GET', `${path}?a=1`, true],
    ['GET', `http://anywhere.example${path}`, true],
    ['GET', `HTTPS://anywhere.example${path}?a`, true],
    ['POST', path, false],
    [undefined, path, false],
    ['GET', undefined, false],
    ['GET', `${path}/`, false],
    ['GET', '/.well-known/oauth-protected-resource', false],
    ['GET', path.toUpperCase(), false],
    ['GET', `/${path}`, false],
    ['GET', path.replace('shop', 'sh%6fp'), false],
    ['GET', `/a?${path}`, false],
    ['GET', `ftp://anywhere.example${path}`, false],
  ])('of %s %s is %p', (method, target, expected) => {
    expect(isForMetadata(api, { method, target })).toBe(expected);
  });
});

describe('pathOf', () => {
  it.each([
    [undefined, ''],
    ['/a?access_token=secret', '/a'],
    ['http://host?a', ''],
    ['*', '*'],
  ])('of %p is %p', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});
