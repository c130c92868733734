import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './arguments.ts';

describe('parseArguments', () => {
  it('takes a command line apart', () => {
    const line = 'rotate edge order product --dir keys --wait --admin order=http://a:1 --admin order=http://b:1';
    expect(parseArguments([...line.split(' '), '--admin', 'product=https://c:2'])).toMatchObject({
      ...{ words: ['rotate', 'edge', 'order', 'product'], dir: 'keys', wait: true, force: false, json: false },
      admin: { order: ['http://a:1', 'http://b:1'], product: ['https://c:2'] },
    });
  });

  it('takes parameters with an equals sign in them', () => {
    expect(parseArguments(['token', '--param', 'id=a=b']).token.params).toEqual({ id: 'a=b' });
  });

  it('takes --help for the command', () => {
    expect(parseArguments(['revoke', 'x', '--help']).words).toEqual(['help', 'revoke']);
    expect(parseArguments(['revoke', '--nope', '-h']).words).toEqual(['help', 'revoke']);
    expect(parseArguments(['-h']).words).toEqual(['help']);
  });

  it.each([
    ['an unknown option', ['status', '--nope'], "Unknown option '--nope'"],
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['dance'], 'there is no command "dance"'],
    ['the name of a member of every object', ['constructor'], 'there is no command "constructor"'],
    ['an option of another command', ['retire', '--wait'], "Unknown option '--wait'"],
    ['an option before the command', ['--json', 'status'], 'unknown option "--json"'],
    ['an argument too many', ['revoke', 'a', 'b'], 'unexpected argument "b"'],
    ['an argument where there is none', ['retire', 'signing'], 'unexpected argument "signing"'],
    ['an option without its value', ['status', '--dir'], "Option '--dir <value>' argument missing"],
    ['a value for a switch', ['status', '--json=yes'], "Option '--json' does not take an argument"],
    ['an empty folder', ['status', '--dir='], '--dir needs a folder'],
    ['an issuer that is no URL', ['init', '--issuer', 'x'], '--issuer must be a URL'],
    ['an algorithm that is not offered', ['init', '--alg', 'HS256'], '--alg must be RS256 or ES256'],
    ['an admin URL without its service', ['status', '--admin', 'http://a:1'], 'is not <service>=<url>'],
    ['an admin URL of a service in capitals', ['status', '--admin', 'Order=http://a:1'], 'is not <service>=<url>'],
    ['an admin URL without http', ['status', '--admin', 'order=localhost:4103'], 'is not <service>=<url>'],
    ['an admin URL of a file', ['status', '--admin', 'order=file:///etc/passwd'], 'is not <service>=<url>'],
    ['an admin URL without a host', ['status', '--admin', 'order=http://'], 'is not <service>=<url>'],
    ['a parameter without a value', ['token', '--param', 'id='], '--param id= is not <name>=<value>'],
    ['a parameter without a name', ['token', '--param', '=5'], '--param =5 is not <name>=<value>'],
  ])('refuses %s with 64', (_case, args, message) => {
    const parse = () => parseArguments(args);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/\n/);
    expect(parse).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});
