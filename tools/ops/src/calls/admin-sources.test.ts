import { services } from '@auth/contracts';
import { describe, expect, it } from '@jest/globals';
import { adminSources } from './admin-sources.ts';

const urls = (given: readonly string[], env = {}) => adminSources(given, env).map(({ service, url }) => [service, url]);

describe('adminSources', () => {
  it.each([
    ['PORT_BASE', { PORT_BASE: '5000' }, 5101],
    ['4000 without PORT_BASE', {}, 4101],
    ['4000 with an empty PORT_BASE', { PORT_BASE: '' }, 4101],
  ])('are those of pnpm dev unless given, from %s', (_case, env, first) => {
    const inOrder = services.map((name, index) => [name, `http://127.0.0.1:${first + index}`]);
    expect(urls([], env)).toEqual(inOrder);
  });

  it('are the given ones and no others, several for one service if it runs several times', () => {
    expect(urls(['product=http://a:9/', 'product=https://b/admin', 'user=http://[::1]:4101'])).toEqual([
      ['product', 'http://a:9'],
      ['product', 'https://b/admin'],
      ['user', 'http://[::1]:4101'],
    ]);
  });

  it.each([
    ['billing=http://127.0.0.1:1', 'there is no service "billing": it is one of user, product, order'],
    ['user', 'write --admin user=http://127.0.0.1:4101'],
    ['user=4101', 'write --admin user='],
    ['user=ftp://host', 'write --admin user='],
    ['user=http://ada:horse@host', 'write --admin user='],
  ])('refuses --admin %s', (text, problem) => {
    expect(() => adminSources([text], {})).toThrow(problem);
  });

  it.each(['x', '80', '99999', '-4000', '4000.5'])('refuses PORT_BASE=%s', (text) => {
    expect(() => adminSources([], { PORT_BASE: text })).toThrow(`PORT_BASE is "${text}"`);
  });
});
