import { runCommand } from '@auth/command';
import { describe, expect, it } from '@jest/globals';
import { createAccountsCommand } from './accounts-arguments.ts';
import type { RoleChange } from './role-change.ts';

async function run(args: readonly string[]) {
  const [out, err, changes]: [string[], string[], RoleChange[]] = [[], [], []];
  const command = createAccountsCommand(async (wanted) => {
    changes.push(wanted);
    return 'changed';
  });
  const print = (text: string) => void out.push(text);
  const code = await runCommand(command, { args, env: {}, print, complain: (text) => void err.push(text) });
  return { code, out, err, changes };
}

describe('the command line of pnpm accounts', () => {
  it.each(['grant', 'revoke'])('reads %s, makes the change and prints it', async (command) => {
    expect(await run([command, 'Ada@Example.com', 'admin'])).toEqual({
      code: 0,
      out: ['changed'],
      err: [],
      changes: [{ command, email: 'ada@example.com', role: 'admin' }],
    });
  });

  it.each([[['--help']], [['-h']], [['grant', '--help']]])('prints help for %j', async (typed) => {
    const words = typed.filter((word) => word !== '--help' && word !== '-h').map((word) => `${word} <e-mail> <role>`);
    const usage = ['usage: pnpm accounts', ...(words.length === 0 ? ['<command>'] : words)].join(' ');
    const out = [expect.stringContaining(`${usage}\n`)];
    expect(await run(typed)).toEqual({ code: 0, out, err: [], changes: [] });
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
  ])('rejects %s in one line that names the help', async (_case, typed, problem) => {
    const { code, out, err, changes } = await run(typed);
    expect({ code, out, changes }).toEqual({ code: 64, out: [], changes: [] });
    expect(err).toEqual([expect.stringContaining(problem)]);
    expect(err[0]).toMatch(/^[^\n]+ \(usage: pnpm accounts [^\n]+; help: pnpm accounts[^\n]* --help\)$/);
  });
});
