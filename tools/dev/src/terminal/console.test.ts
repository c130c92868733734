import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { createConsole, wantsColour } from './console.ts';

const createOutput = () => {
  const events = new EventEmitter();
  const written: string[] = [];
  return {
    written,
    write: (text: string) => written.push(text),
    on: (event: 'error', listener: (error: Error) => void) => events.on(event, listener),
    fail: () => events.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  };
};

describe('createConsole', () => {
  it('aligns the lines of all sources', () => {
    const output = createOutput();
    const { say } = createConsole(output, { colour: false });
    say('dev', 'starting');
    say('product', 'listening');
    const [first = '', second = ''] = output.written;
    expect([first, second]).toEqual([
      expect.stringMatching(/^dev +│ starting\n$/),
      expect.stringMatching(/^product +│ listening\n$/),
    ]);
    expect(first.indexOf('│')).toBe(second.indexOf('│'));
  });

  it('colours the source and not the line', () => {
    const output = createOutput();
    createConsole(output, { colour: true }).say('order', 'listening');
    expect(output.written.map((line) => line.replace(/ +/, ' '))).toEqual([
      '\u001b[33morder \u001b[39m \u001b[2m│\u001b[22m listening\n',
    ]);
  });

  it('reports once that its reader is gone, and drops later lines', () => {
    const output = createOutput();
    let closed = 0;
    const { say } = createConsole(output, { colour: false, onClosed: () => (closed += 1) });
    output.fail();
    output.fail();
    say('dev', 'dropped');
    expect(closed).toBe(1);
    expect(output.written).toEqual([]);
  });
});

describe('wantsColour', () => {
  it.each([
    [true, 'on a terminal', {}, true],
    [false, 'in a pipe', {}, false],
    [false, 'on a terminal with NO_COLOR', { NO_COLOR: '1' }, true],
    [true, 'on a terminal with an empty NO_COLOR', { NO_COLOR: '' }, true],
    [true, 'in a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false],
    [false, 'on a terminal with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true],
    [false, 'on a dumb terminal', { TERM: 'dumb' }, true],
  ])('is %s %s', (expected, _case, env, isTerminal) => {
    expect(wantsColour(env, isTerminal)).toBe(expected);
  });
});
