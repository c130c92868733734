import { describe, expect, it } from '@jest/globals';
import { defineCommand } from './define-command.ts';
import { runCommand } from './run-command.ts';

class CodedError extends Error {
  readonly exitCode = 78;
}

const sell = defineCommand({
  name: 'pnpm shop sell',
  summary: 'Sells something.',
  arguments: ['<what>'],
  options: { price: { value: '<cents>', help: 'what it costs' }, gift: { help: 'wrap it' } },
  variables: { SHOP_DIR: { help: 'where the shop is', default: '.shop' }, TILL: { help: 'a till to use' } },
  run({ words: [what], options, variables, print, refuse }) {
    if (what === undefined) refuse('something must be named');
    if (what === 'fire') throw new CodedError('the shop is closed');
    if (what === 'bug') throw new TypeError('a mistake');
    print(`${what} for ${options.price ?? 'free'} in ${variables.SHOP_DIR} at ${variables.TILL ?? 'no till'}`);
    return options.gift ? 1 : undefined;
  },
});
const shop = defineCommand({ name: 'pnpm shop', summary: 'A shop.', commands: { sell } });
const list = defineCommand({
  name: 'pnpm shop',
  summary: 'A shop.',
  commands: { sell },
  run: ({ print }) => print('mug'),
});

async function run(command: typeof shop, args: readonly string[], env = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const print = (text: string) => void out.push(text);
  const code = await runCommand(command, { args, env, print, complain: (text) => void err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('runCommand', () => {
  it('runs a command with its arguments, options and environment variables', async () => {
    expect(await run(sell, ['mug', '--price', '100'], { TILL: '2', OTHER: '1' })).toEqual({
      code: 0,
      err: '',
      out: 'mug for 100 in .shop at 2',
    });
  });

  it('reads an empty environment variable as absent', async () => {
    const { out } = await run(sell, ['mug'], { SHOP_DIR: '', TILL: '' });
    expect(out).toBe('mug for free in .shop at no till');
  });

  it('answers with the exit code of the command', async () => {
    expect(await run(sell, ['mug', '--gift'])).toMatchObject({ code: 1 });
  });

  it('finds a subcommand by its name', async () => {
    expect(await run(shop, ['sell', 'mug'])).toMatchObject({ code: 0, out: expect.stringMatching(/^mug for free/) });
  });

  it('runs a command with subcommands by itself when none is named', async () => {
    expect(await run(list, [])).toEqual({ code: 0, out: 'mug', err: '' });
  });

  it.each([
    ['of a command', shop, ['--help'], 'usage: pnpm shop <command>'],
    ['of a command, asked for with -h', shop, ['-h'], 'usage: pnpm shop <command>'],
    ['of a subcommand', shop, ['sell', '--help'], 'usage: pnpm shop sell <what> [options]'],
  ])('prints the help %s and exits 0', async (_case, command, args, first) => {
    const { code, out, err } = await run(command, args);
    expect({ code, err, first: out.split('\n')[0] }).toEqual({ code: 0, err: '', first });
  });

  it.each([
    ['no subcommand', shop, [], /^a command is missing \(usage: pnpm shop <command>; help: pnpm shop --help\)$/],
    ['an unknown subcommand', list, ['sold'], /^there is no command "sold": did you mean sell\? \(usage/],
    ['an unknown option', shop, ['sell', '--gits'], /^Unknown option '--gits': did you mean --gift\? \(usage/],
    ['what the command itself refuses', sell, [], /^something must be named \(usage: pnpm shop sell <what>/],
  ])('exits 64 for %s, with one line', async (_case, command, args, line) => {
    expect(await run(command, args)).toEqual({ code: 64, out: '', err: expect.stringMatching(line) });
  });

  it('prints the message of an error with an exit code, and exits with it', async () => {
    expect(await run(sell, ['fire'])).toEqual({ code: 78, out: '', err: 'the shop is closed' });
  });

  it('throws an error without an exit code', async () => {
    await expect(run(sell, ['bug'])).rejects.toThrow(TypeError);
  });
});
