import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import request from 'supertest';
import { createLog } from '../log/log.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { createReadiness } from '../server/readiness.ts';
import { addressBlock, addressNetwork, addressPrefix, clientAddress, clientAddressBehind } from './client-address.ts';
import { contextOf } from './request-context.ts';

const log = createLog({ service: 'test', level: 'silent', format: 'json' });

/** An app that answers with the client address, with these trusted proxies. Its peer is 127.0.0.1. */
function appBehind(trustedProxies?: readonly string[]) {
  const app = createApp({ log, readiness: createReadiness({}), trustedProxies });
  app.get('/', (req: Request, res) => {
    res.json({ address: clientAddress(req), prefix: contextOf(req).addressPrefix() });
  });
  return finishApp(app, { log, translate: [] }).listen(0, '127.0.0.1');
}

const untrusting = appBehind();
const elsewhere = appBehind(['10.0.0.0/8']);
const trusting = appBehind(['127.0.0.1/32', '10.0.0.0/8']);
afterAll(() => {
  for (const server of [untrusting, elsewhere, trusting]) server.close();
});

async function seen(server: typeof trusting, forwarded: string): Promise<string> {
  return (await request(server).get('/').set('X-Forwarded-For', forwarded)).body.address;
}

describe('clientAddress', () => {
  it('returns the address of the connection, with any X-Forwarded-For, unless the peer is a trusted proxy', async () => {
    expect(await seen(untrusting, '203.0.113.9')).toBe('127.0.0.1');
    expect(await seen(elsewhere, '203.0.113.9')).toBe('127.0.0.1');
  });

  it.each([
    ['one proxy', '203.0.113.9', '203.0.113.9'],
    ['two proxies', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['a client that makes up where it comes from', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['a client of IPv6', '2001:db8::1', '2001:db8::1'],
    ['a balancer that writes the port', '203.0.113.9:4711', '203.0.113.9'],
    ['a balancer that writes the port of IPv6', '[2001:db8::1]:4711', '2001:db8::1'],
    ['a balancer that writes brackets', '[2001:db8::1]', '2001:db8::1'],
    ['a proxy that separates with tabs', '203.0.113.9,\t10.1.2.3', '203.0.113.9'],
    ['two balancers that write the port', '203.0.113.9:4711, 10.1.2.3:80', '203.0.113.9'],
  ])('returns the last address that is not a trusted proxy: %s', async (_case, forwarded, address) => {
    expect(await seen(trusting, forwarded)).toBe(address);
  });

  it.each(['unknown', '203.0.113.9:x', '[2001:db8::1', 'ada@example.com', ''])(
    'is that of the connection when X-Forwarded-For says "%s"',
    async (forwarded) => {
      expect(await seen(trusting, forwarded)).toBe('127.0.0.1');
    },
  );

  it('is in the request context as a prefix', async () => {
    const { body } = await request(trusting).get('/').set('X-Forwarded-For', '203.0.113.9');
    expect(body.prefix).toBe('203.0.113.0/24');
  });
});

describe('clientAddressBehind', () => {
  it.each([
    '203.0.113.9',
    '203.0.113.9, 10.1.2.3',
    '198.51.100.1, 203.0.113.9',
    '2001:db8::1',
    '10.1.2.3, 127.0.0.1',
    'unknown',
    '203.0.113.9:4711',
    '[2001:db8::1]:4711, 10.1.2.3:80',
    'ada@example.com',
    '',
    ',',
    ' 203.0.113.9 ,, 10.1.2.3 ,',
    '203.0.113.9, unknown',
  ])('returns the same address as in an app for X-Forwarded-For: %s', async (forwarded) => {
    for (const trustedProxies of [[], ['10.0.0.0/8'], ['127.0.0.1/32', '10.0.0.0/8'], ['loopback', 'uniquelocal']]) {
      const app = createApp({ log, readiness: createReadiness({}), trustedProxies });
      const read = clientAddressBehind(trustedProxies);
      let bare: string | undefined;
      app.get('/', (req, res) => {
        res.json(clientAddress(req));
      });
      const answer = await request((req: IncomingMessage, res: ServerResponse) => {
        bare = read(req);
        app(req, res);
      })
        .get('/')
        .set('X-Forwarded-For', forwarded);
      expect(bare).toBe(answer.body);
    }
  });
});

describe('addressBlock and addressPrefix', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9/32', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.9/32', '203.0.113.0/24'],
    ['::ffff:cb00:7109', '203.0.113.9/32', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8::6', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['64:ff9b::203.0.113.9', '203.0.113.9/32', '203.0.113.0/24'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['not an address', 'unknown', 'unknown'],
  ])('of %s are %s and %s', (address, block, prefix) => {
    expect(addressBlock(address)).toBe(block);
    expect(addressPrefix(address)).toBe(prefix);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['203.0.113.9', undefined],
    ['::ffff:203.0.113.9', undefined],
    ['not an address', undefined],
  ])('of %s are inside the network %s', (address, network) => {
    expect(addressNetwork(address)).toBe(network);
  });

  it('are equal for two addresses of one network, and different for two networks', () => {
    expect(addressBlock('2001:db8:1:2:ffff::1')).toBe(addressBlock('2001:db8:1:2::9'));
    expect(addressBlock('2001:db8:1:3::9')).not.toBe(addressBlock('2001:db8:1:2::9'));
  });
});
