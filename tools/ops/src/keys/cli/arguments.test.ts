import { runCommand } from '@auth/command';
import { describe, expect, it } from '@jest/globals';
import { type Arguments, createKeysCommand } from './arguments.ts';

/** Runs `pnpm keys` with a command line, without the work of the command. */
async function run(args: readonly string[]) {
  const [out, err, parsed]: [string[], string[], Arguments[]] = [[], [], []];
  const command = createKeysCommand(async (given) => {
    parsed.push(given);
    return 0;
  });
  const print = (text: string) => void out.push(text);
  const code = await runCommand(command, { args, env: {}, print, complain: (text) => void err.push(text) });
  return { code, out, err, parsed };
}

describe('the command line of pnpm keys', () => {
  it('is parsed', async () => {
    const line = 'rotate edge order product --dir keys --wait --admin order=http://a:1 --admin order=http://b:1';
    const { code, parsed } = await run([...line.split(' '), '--admin', 'product=https://c:2']);
    expect(code).toBe(0);
    expect(parsed).toMatchObject([
      {
        words: ['rotate', 'edge', 'order', 'product'],
        dir: 'keys',
        wait: true,
        force: false,
        json: false,
        admin: { order: ['http://a:1', 'http://b:1'], product: ['https://c:2'] },
      },
    ]);
  });

  it('accepts an equals sign in the value of a parameter', async () => {
    const { parsed } = await run(['token', '--param', 'id=a=b']);
    expect(parsed[0]?.token.params).toEqual({ id: 'a=b' });
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('accepts the algorithm %s for a new signing key', async (alg) => {
    for (const words of [['init'], ['rotate', 'signing']]) {
      expect((await run([...words, '--alg', alg])).parsed).toMatchObject([{ words, alg }]);
    }
  });

  it.each([
    [['revoke', 'x', '--help'], 'usage: pnpm keys revoke <kid> [options]'],
    [['revoke', '--nope', '-h'], 'usage: pnpm keys revoke <kid> [options]'],
    [['-h'], 'usage: pnpm keys <command>'],
  ])('prints the help of the command for %j', async (args, first) => {
    const { code, out, err, parsed } = await run(args);
    expect({ code, err, parsed, first: out.join().split('\n')[0] }).toEqual({ code: 0, err: [], parsed: [], first });
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
    ['an algorithm that is not offered', ['init', '--alg', 'HS256'], '--alg must be RS256, PS256, ES256 or EdDSA'],
    [
      'an algorithm in lower case',
      ['rotate', 'signing', '--alg', 'eddsa'],
      '--alg must be RS256, PS256, ES256 or EdDSA',
    ],
    ['an admin URL without its service', ['status', '--admin', 'http://a:1'], 'is not <service>=<url>'],
    ['an admin URL of a service in capitals', ['status', '--admin', 'Order=http://a:1'], 'is not <service>=<url>'],
    ['an admin URL without http', ['status', '--admin', 'order=localhost:4103'], 'is not <service>=<url>'],
    ['an admin URL of a file', ['status', '--admin', 'order=file:///etc/passwd'], 'is not <service>=<url>'],
    ['an admin URL without a host', ['status', '--admin', 'order=http://'], 'is not <service>=<url>'],
    ['a parameter without a value', ['token', '--param', 'id='], '--param id= is not <name>=<value>'],
    ['a parameter without a name', ['token', '--param', '=5'], '--param =5 is not <name>=<value>'],
    ['a mistyped command', ['rotat'], 'there is no command "rotat": did you mean rotate?'],
  ])('refuses %s with 64', async (_case, args, message) => {
    expect(await run(args)).toEqual({ code: 64, out: [], err: [expect.stringContaining(message)], parsed: [] });
    expect((await run(args)).err[0]).not.toMatch(/\n/);
  });
});
