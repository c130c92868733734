import { describe, expect, it } from '@jest/globals';
import { findCommand, readCommandLine } from './command-line.ts';
import type { CommandSpec } from './command-spec.ts';
import { helpText } from './help-text.ts';
import { UsageError } from './usage-error.ts';

const spec = {
  name: 'pnpm shop sell',
  summary: 'Sells something.',
  arguments: ['<what>', '<to>'],
  options: {
    price: { value: '<cents>', help: 'what it costs' },
    tag: { value: '<word>', multiple: true, help: 'a label' },
    gift: { help: 'wrap it' },
  },
  variables: {
    SHOP_DIR: { help: 'where the shop is', default: '.shop' },
    TILL: { help: 'a till to use' },
  },
  notes: ['Nothing is sold on Sundays.'],
} as const satisfies CommandSpec;
const shop = {
  name: 'pnpm shop',
  summary: 'A shop.',
  commands: { sell: spec },
} as const satisfies CommandSpec;

describe('readCommandLine', () => {
  it('reads arguments, values, values that are repeated, and switches', () => {
    const line = readCommandLine(spec, ['mug', '--price', '100', '--tag=a', '--tag', 'b', '--gift', 'ada']);
    expect(line).toEqual({ words: ['mug', 'ada'], options: { price: '100', tag: ['a', 'b'], gift: true } });
  });

  it('returns undefined, an empty list and false for missing options', () => {
    expect(readCommandLine(spec, [])).toEqual({ words: [], options: { price: undefined, tag: [], gift: false } });
  });

  it.each([[['--help']], [['-h']], [['mug', '--nope', '-h']], [['a', 'b', 'c', '--help']]])(
    'returns help for %j, whatever else is given',
    (args) => {
      expect(readCommandLine(spec, args)).toEqual({ help: helpText(spec) });
    },
  );

  it('reads everything after -- as arguments', () => {
    expect(readCommandLine(spec, ['--', '--help', '-h'])).toMatchObject({ words: ['--help', '-h'] });
  });

  it('takes any number of arguments where the last one may be repeated', () => {
    const many = { name: 'pnpm many', summary: 'Takes many.', arguments: ['[<one>]…'] } as const;
    expect(readCommandLine(many, ['a', 'b', 'c'])).toMatchObject({ words: ['a', 'b', 'c'] });
  });

  it.each([
    [['--nope'], "Unknown option '--nope'"],
    [['-x'], "Unknown option '-x'"],
    [['--gif'], "Unknown option '--gif': did you mean --gift?"],
    [['--prize=1'], "Unknown option '--prize': did you mean --price?"],
    [['--gift=yes'], "Option '--gift' does not take an argument"],
    [['--price'], "Option '--price <value>' argument missing"],
    [['--price', '--gift'], "Option '--price' argument is ambiguous"],
    [['a', 'b', 'c'], 'unexpected argument "c"'],
    [['a', 'b', 'c\nd'], 'unexpected argument "c\\nd"'],
  ])('refuses %j in one line that names the help option', (args, problem) => {
    const read = () => readCommandLine(spec, args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`${problem} (usage: pnpm shop sell <what> <to> [options]; help: pnpm shop sell --help)`);
    expect(read).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});

describe('findCommand', () => {
  it('finds a command by its name', () => expect(findCommand(shop, 'sell')).toBe('sell'));

  it.each([
    [undefined, 'a command is missing'],
    ['buy', 'there is no command "buy"'],
    ['sel', 'there is no command "sel": did you mean sell?'],
    ['constructor', 'there is no command "constructor"'],
    ['--json', 'unknown option "--json"'],
  ])('refuses %s', (word, problem) => {
    expect(() => findCommand(shop, word)).toThrow(`${problem} (usage: pnpm shop <command>; help: pnpm shop --help)`);
  });
});

describe('helpText', () => {
  it('describes a command, its options, its environment variables and its notes', () => {
    expect(helpText(spec).split('\n')).toEqual([
      'usage: pnpm shop sell <what> <to> [options]',
      '',
      'Sells something.',
      '',
      'options:',
      '  --price <cents>  what it costs',
      '  --tag <word> …   a label',
      '  --gift           wrap it',
      '  --help, -h       print this',
      '',
      'environment:',
      '  SHOP_DIR  where the shop is (default: .shop)',
      '  TILL      a till to use',
      '',
      'Nothing is sold on Sundays.',
    ]);
  });

  it('lists the subcommands of a command', () => {
    expect(helpText(shop).split('\n')).toEqual([
      'usage: pnpm shop <command>',
      '',
      'A shop.',
      '',
      'commands:',
      '  sell <what> <to>  Sells something.',
      '',
      'options:',
      '  --help, -h  print this',
      '',
      'pnpm shop <command> --help describes one command.',
    ]);
  });
});
