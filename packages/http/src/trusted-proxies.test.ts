import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readConfig } from './config.ts';
import { ProxySettings } from './trusted-proxies.ts';

const read = (text: string) => readConfig(z.object(ProxySettings), { TRUSTED_PROXIES: text }).TRUSTED_PROXIES;

describe('TRUSTED_PROXIES', () => {
  it.each([
    ['', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 10.1.2.3 , 2001:db8::/32,loopback,', ['10.1.2.3', '2001:db8::/32', 'loopback']],
  ])('reads "%s"', (text, networks) => {
    expect(read(text)).toEqual(networks);
  });

  it.each(['true', '1', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/+8', 'proxy.example.com'])(
    'refuses "%s"',
    (text) => {
      expect(() => read(text)).toThrow(/TRUSTED_PROXIES must be addresses or networks, separated by commas/);
    },
  );
});
