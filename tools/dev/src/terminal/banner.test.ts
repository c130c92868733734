import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { perDatabase, perService, serviceNames, serviceUrl } from '../stack/services.ts';
import { type BannerFacts, renderBanner } from './banner.ts';
import { bannerCommands } from './banner-commands.ts';

const urls = perService((name) => serviceUrl(name, 4000));
const facts: BannerFacts = {
  urls,
  databaseUrls: perDatabase((name) => `postgresql://postgres:s3cret@127.0.0.1:4032/${name}`),
  embedded: ['user', 'product', 'order', 'gateway'],
  down: [],
  notReady: [],
  hasDemoData: true,
  took: '3.1 s',
};
const plain = (changes: Partial<BannerFacts> = {}): string => renderBanner({ ...facts, ...changes }, { colour: false });

describe('renderBanner', () => {
  it.each([
    ['the time it took', 'ready in 3.1 s'],
    ['the page of a service', 'http://127.0.0.1:4002/docs'],
    ['the page of the gateway', 'http://127.0.0.1:4000/docs'],
    ['the public keys', 'http://127.0.0.1:4001/.well-known/jwks.json'],
    ['an embedded database, to connect to', 'postgresql://postgres:s3cret@127.0.0.1:4032/order'],
    ['what the databases are for', 'for local development only'],
    ['a customer', 'ada@example.com    analytical-engine-1843'],
    ['an administrator', 'admin@example.com  difference-engine-1822'],
    ['how to stop', 'ctrl-c stops everything'],
  ])('shows %s', (_what, text) => {
    expect(plain()).toContain(text);
  });

  it('hides the password of the developer’s own database', () => {
    const own = plain({ embedded: ['user', 'product', 'gateway'] });
    expect(own).toContain('postgresql://postgres:***@127.0.0.1:4032/order');
    expect(own).toContain('embedded Postgres for user, product and gateway');
  });

  it('names the service that is down', () => {
    const text = plain({ down: ['order'] });
    expect(text).toContain('order down, the rest ready in 3.1 s');
    expect(text).not.toContain('http://127.0.0.1:4003/docs');
  });

  it('names the service that is not ready, and does not say that all are ready', () => {
    const text = plain({ down: ['user'], notReady: ['order', 'product'] });
    expect(text).toContain('user down, order and product not ready, the rest ready in 3.1 s');
    expect(text).toContain('http://127.0.0.1:4003   not ready: http://127.0.0.1:4003/readyz says why');
    const none = plain({ notReady: serviceNames });
    expect(none).toMatch(/user, product, order.* and gateway not ready/);
    expect(none).not.toContain('ready in');
  });

  it('shows no account when none was created', () => {
    const text = plain({ hasDemoData: false });
    expect(text).toContain('none: your own databases are on another machine');
    expect(text).not.toContain('ada@example.com');
  });

  it('has the same words with colours as without', () => {
    expect(stripVTControlCharacters(renderBanner(facts, { colour: true }))).toBe(plain());
    expect(renderBanner(facts, { colour: true })).not.toBe(plain());
  });

  it('has each command on its own line', () => {
    const lines = plain()
      .split('\n')
      .map((line) => line.trim());
    for (const { command } of bannerCommands(urls)) expect(lines).toContain(command);
  });
});

describe('bannerCommands', () => {
  it('are understood by sh', () => {
    const script = bannerCommands(urls)
      .map(({ command }) => command)
      .join('\n');
    expect(spawnSync('sh', ['-n', '-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});
