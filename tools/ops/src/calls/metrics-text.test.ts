import { describe, expect, it } from '@jest/globals';
import { parseSamples } from './metrics-text.ts';

const declared = '# HELP calls_total Calls.\n# TYPE calls_total counter\n';
const samples = (...lines: string[]) => parseSamples(`${declared}${lines.join('\n')}\n`, 'calls_total');

describe('parseSamples', () => {
  it('reads labels and values of one metric, and no others', () => {
    expect(
      samples(
        'calls_total{caller="order",decision="allow"} 12',
        'calls_total_other{caller="order"} 7',
        'other{text="calls_total{}"} 8',
        '# calls_total{caller="comment"} 9',
        'calls_total{caller="user",decision="deny"} 1.5e+3',
      ),
    ).toEqual([
      { labels: { caller: 'order', decision: 'allow' }, value: 12 },
      { labels: { caller: 'user', decision: 'deny' }, value: 1500 },
    ]);
  });

  it.each([
    ['a backslash', String.raw`a\\b`, String.raw`a\b`],
    ['a quote', String.raw`a\"b`, 'a"b'],
    ['a line feed', String.raw`a\nb`, 'a\nb'],
    ['a backslash before an n', String.raw`a\\nb`, String.raw`a\nb`],
    ['an escape that is none', String.raw`a\tb`, String.raw`a\tb`],
    ['braces, commas and equals signs', String.raw`a},b=\"{`, 'a},b="{'],
    ['what looks like another label', String.raw`\",decision=\"allow`, '",decision="allow'],
    ['nothing', '', ''],
    ['a space and an umlaut', ' ü ', ' ü '],
  ])('reads %s in a value', (_case, written, meant) => {
    expect(samples(`calls_total{a="${written}",b="2"} 1`)).toEqual([{ labels: { a: meant, b: '2' }, value: 1 }]);
  });

  it.each([
    ['spaces wherever they may be', 'calls_total { a = "1" , b="2" , }  3  ', { a: '1', b: '2' }],
    ['a time', 'calls_total{a="1"} 3 1395066363000', { a: '1' }],
    ['a carriage return', 'calls_total{a="1"} 3\r', { a: '1' }],
    ['no labels', 'calls_total 3', {}],
    ['empty braces', 'calls_total{} 3', {}],
  ])('takes %s', (_case, line, labels) => expect(samples(line)).toEqual([{ labels, value: 3 }]));

  it.each([
    'calls_total{a="1"}',
    'calls_total{a="1"} x',
    'calls_total{a="1"} 1 2 3',
    'calls_total{a="1" 1',
    'calls_total{a="1} 1',
    'calls_total{a=1} 1',
    'calls_total{="1"} 1',
    'calls_total{a="1"b="2"} 1',
    String.raw`calls_total{a="1\"} 1`,
  ])('refuses %s', (line) => expect(() => samples(line)).toThrow('a line of calls_total is malformed'));

  it('has no samples of a metric that has counted nothing yet', () => expect(samples()).toEqual([]));

  it.each(['', 'calls_total{a="1"} 1', '# TYPE calls_total_other counter'])(
    'tells a text that does not declare the metric from one: %j',
    (text) => expect(parseSamples(text, 'calls_total')).toBeUndefined(),
  );
});
