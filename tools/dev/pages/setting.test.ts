import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { settingsOf } from './setting.ts';

const number = z
  .string()
  .regex(/^\d+$/)
  .transform(Number)
  .refine((value) => value <= 9)
  .meta({ range: '0 to 9' });

describe('settingsOf', () => {
  it.each([
    [
      'a number with a default',
      number.default(5).meta({ description: 'How many.' }),
      { values: '0 to 9', default: '5', meaning: 'How many.' },
    ],
    [
      'a number without a default',
      number.meta({ description: 'How many.' }),
      { values: '0 to 9', default: 'required', meaning: 'How many.' },
    ],
    [
      'words',
      z.enum(['a', 'b']).default('a').meta({ description: 'Which.' }),
      { values: '`a`, `b`', default: '`a`', meaning: 'Which.' },
    ],
    [
      'a text that may be absent',
      z.string().optional().meta({ description: 'Where.', details: 'More: [page](page.md).' }),
      { values: '', default: 'none', meaning: 'Where. More: [page](page.md).' },
    ],
    [
      'an empty default',
      z
        .string()
        .default('')
        .transform((text) => text.split(','))
        .meta({ description: 'Which.' }),
      { values: '', default: 'none', meaning: 'Which.' },
    ],
    [
      'a default that depends on other settings',
      number.optional().meta({ description: 'Which.', default: '`PORT` + 100' }),
      { values: '0 to 9', default: '`PORT` + 100', meaning: 'Which.' },
    ],
    [
      'a description inside of a default',
      z.string().meta({ description: 'Which.' }).default('x'),
      { values: '', default: '`x`', meaning: 'Which.' },
    ],
  ])('reads %s', (_case, schema, expected) => {
    expect(settingsOf(z.object({ A: schema }))).toEqual([{ name: 'A', ...expected }]);
  });

  it('refuses a setting without a description, by name', () => {
    expect(() => settingsOf(z.object({ SECRET: z.string() }))).toThrow('the schema of SECRET lacks');
  });
});
