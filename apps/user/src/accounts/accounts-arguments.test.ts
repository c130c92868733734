import { UsageError } from '@auth/command';
import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './accounts-arguments.ts';

describe('the command line of pnpm accounts', () => {
  it.each([
    ['grant', { command: 'grant', email: 'ada@example.com', role: 'admin' }],
    ['revoke', { command: 'revoke', email: 'ada@example.com', role: 'admin' }],
  ])('reads %s', (command, expected) => {
    expect(parseArguments([command, 'ada@example.com', 'admin'])).toEqual(expected);
  });

  it.each([[['--help']], [['-h']], [['grant', '--help']]])('reads %j as a question for help', (typed) => {
    const words = typed.filter((word) => word !== '--help' && word !== '-h').map((word) => `${word} <e-mail> <role>`);
    const usage = ['usage: pnpm accounts', ...(words.length === 0 ? ['<command>'] : words)].join(' ');
    expect(parseArguments(typed)).toEqual({ help: expect.stringContaining(`${usage}\n`) });
  });

  it.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['promote', 'ada@example.com', 'admin'], 'there is no command "promote"'],
    ['no e-mail', ['grant'], 'e-mail address'],
    ['an id in its place', ['grant', '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58', 'admin'], 'e-mail address'],
    ['no role', ['grant', 'ada@example.com'], 'customer or admin'],
    ['an unknown role', ['grant', 'ada@example.com', 'root'], 'customer or admin'],
    ['one argument too many', ['grant', 'ada@example.com', 'admin', 'customer'], 'unexpected argument "customer"'],
    ['an unknown option', ['grant', 'ada@example.com', 'admin', '--force'], '--force'],
  ])('refuses %s in one line that says where help is', (_case, typed, problem) => {
    const refusal = (() => {
      try {
        return parseArguments(typed);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(UsageError);
    expect(refusal).toMatchObject({ exitCode: 64, message: expect.stringContaining(problem) });
    expect(String(refusal)).toMatch(/^[^\n]+ \(usage: pnpm accounts [^\n]+; help: pnpm accounts[^\n]* --help\)$/);
  });
});
