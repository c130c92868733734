import { describe, expect, it } from '@jest/globals';
import express from 'express';
import * as z from 'zod';
import { browserOrigins } from './browser-origins.ts';
import { readConfig } from './config.ts';
import { ProxySettings } from './trusted-proxies.ts';

const read = (text: string) => readConfig(z.object(ProxySettings), { TRUSTED_PROXIES: text }).TRUSTED_PROXIES;

/** All of IPv4, and of IPv6, in so many networks of one size. */
const inIPv4 = (bits: number) =>
  Array.from({ length: 2 ** bits }, (_, index) => `${index * 2 ** (8 - bits)}.0.0.0/${bits}`).join();
const inIPv6 = (bits: number) =>
  Array.from({ length: 2 ** bits }, (_, index) => `${(index * 2 ** (16 - bits)).toString(16)}::/${bits}`).join();

describe('TRUSTED_PROXIES', () => {
  it.each([
    ['', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 10.1.2.3 , 2001:db8::/32,loopback,', ['10.1.2.3', '2001:db8::/32', 'loopback']],
    ['10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7,fe80::/10'],
    ['uniquelocal,linklocal'],
    // A content delivery network.
    ['173.245.48.0/20,103.21.244.0/22,104.16.0.0/13,172.64.0.0/13,162.158.0.0/15,2400:cb00::/32,2a06:98c0::/29'],
    ['::ffff:10.0.0.1,::ffff:10.0.0.0/104,::FFFF:a00:1,2001:DB8::1'],
    ['16.0.0.0/4'],
  ])('reads "%s", and Express accepts the result', (text, networks = text.split(',')) => {
    expect(read(text)).toEqual(networks);
    expect(() => express().set('trust proxy', read(text))).not.toThrow();
  });

  it.each([
    'true',
    '1',
    '*',
    'all',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/+8',
    '10.0.0.0/08',
    '10/8',
    // Express does not accept these two spellings.
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '127.1',
    '0x7f000001',
    'proxy.example.com',
    '010.0.0.1',
    '10.0.0.0/255.0.0.0',
    '::ffff:0:0/0',
    'fe80::1%eth0',
    '[::1]',
    '10.0.0.1:80',
    ...['0.0.0.0', '::'].map((any) => `${any}/00`),
  ])('refuses "%s"', (text) => {
    expect(() => read(text)).toThrow(/TRUSTED_PROXIES must be addresses or networks, separated by commas/);
  });

  it.each([
    ['halves', '0.0.0.0/1,128.0.0.0/1'],
    ['half of it', '128.0.0.0/1'],
    ['quarters', inIPv4(2)],
    ['sixteenths', inIPv4(4)],
    ['networks of 8 bits', inIPv4(8)],
    ['another order', '128.0.0.0/1,loopback,0.0.0.0/1'],
    ['all but a little', '0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,128.0.0.0/1'],
    ['overlapping networks', '10.0.0.0/8,8.0.0.0/5,0.0.0.0/5,16.0.0.0/4'],
    ['IPv6, where they have a place', '::ffff:0:0/96'],
    ['the same, with dots', '::ffff:0.0.0.0/96'],
    ['the same, written out', '0:0:0:0:0:FFFF:0:0/96'],
    ['halves there', '::ffff:0:0/97,::ffff:128.0.0.0/97'],
    ['a network around it', '::/64'],
    ['both spellings', '0.0.0.0/4,::ffff:16.0.0.0/100'],
  ])('refuses all of IPv4 in %s', (_case, text) => {
    expect(() => read(text)).toThrow(/TRUSTED_PROXIES trusts too many addresses: every client there could forge/);
  });

  it.each([
    ['one', '::/1'],
    ['halves', '::/1,8000::/1'],
    ['quarters', inIPv6(2)],
    ['networks of 8 bits', inIPv6(8)],
    ['what is given out', '2000::/3'],
    ['what one registry gives out', '2a00::/12'],
    ['two networks of 16 bits', '2001::/16,2a02::/16'],
  ])('refuses all of IPv6 in %s', (_case, text) => {
    expect(() => read(text)).toThrow(/TRUSTED_PROXIES trusts too many addresses/);
  });
});

describe('a list of origins', () => {
  it.each([
    '*',
    'null',
    'https://*',
    'https://*.example',
    'http://*',
    'https://shop.example,*',
    '//shop.example',
    'https:',
    'shop.example',
    'https://',
    'file://',
    'https://shop.example/',
    'https://Shop.example',
    'https://shop.example.',
  ])('refuses "%s" as an origin', (text) => {
    const read = () => readConfig(z.object({ CORS_ORIGINS: browserOrigins }), { CORS_ORIGINS: text });
    expect(read).toThrow('CORS_ORIGINS must be origins as browsers write them');
  });
});
