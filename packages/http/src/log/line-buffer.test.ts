import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLineBuffer, type LineBufferOptions } from './line-buffer.ts';

function openBuffer() {
  const written: string[] = [];
  const write = (bytes: Buffer) => {
    written.push(String(bytes));
    return bytes.length;
  };
  return { ...createLineBuffer({ write }), written };
}

/** An output that accepts a number of bytes, or fails with a code. */
function openSlowBuffer(options: Partial<LineBufferOptions> = {}) {
  const output = { room: 0, code: 'EAGAIN', text: '', tries: 0 };
  const [dropped, resumed]: [number[], number[]] = [[], []];
  const buffer = createLineBuffer({
    write(bytes) {
      output.tries += 1;
      const taken = bytes.subarray(0, output.room);
      if (taken.length === 0) throw Object.assign(new Error('write'), { code: output.code });
      output.room -= taken.length;
      output.text += String(taken);
      return taken.length;
    },
    onDropped: (lines) => dropped.push(lines),
    onResumed: (lines) => resumed.push(lines),
    maxCharacters: 40,
    reservedCharacters: 10,
    ...options,
  });
  return { ...buffer, output, dropped, resumed };
}

const urgent = { urgent: true };
const patient = { urgent: false };

describe('createLineBuffer', () => {
  it('writes the lines of a few milliseconds together, in order, and nothing twice', async () => {
    const { write, written } = openBuffer();
    write('a\n', patient);
    write('b\n', patient);
    expect(written).toEqual([]);
    await delay(100);
    expect(written).toEqual(['a\nb\n']);
    write('c\n', patient);
    await delay(100);
    expect(written).toEqual(['a\nb\n', 'c\n']);
  });

  it('writes an urgent line at once, after the waiting lines', () => {
    const { write, written } = openBuffer();
    write('a\n', patient);
    write('b\n', urgent);
    expect(written).toEqual(['a\nb\n']);
  });

  it('limits the waiting lines', () => {
    const { write, written } = openBuffer();
    for (let count = 0; count < 100; count += 1) write(`${'x'.repeat(999)}\n`, patient);
    expect(written.map((text) => text.length)).toEqual([33_000, 33_000, 33_000]);
  });

  it('writes the waiting lines on flush', () => {
    const { write, flush, written } = openBuffer();
    flush();
    write('a\n', patient);
    flush();
    flush();
    expect(written).toEqual(['a\n']);
  });
});

describe('createLineBuffer in front of an output that stalls', () => {
  const line = '123456789\n';

  it.each(['EAGAIN', 'ENOSPC', 'EDQUOT', 'EINTR'])(
    'keeps lines up to its bound, drops the rest, and goes on: %s',
    (code) => {
      const { write, flush, output, dropped, resumed } = openSlowBuffer();
      output.code = code;
      for (let count = 0; count < 5; count += 1) write(line, urgent);
      expect([output.text, dropped, resumed]).toEqual(['', [1, 1], []]);
      expect(flush()).toBe(false);
      output.room = 1000;
      expect(flush()).toBe(true);
      expect([output.text, dropped, resumed]).toEqual([line.repeat(3), [1, 1], [2]]);
      write(line, urgent);
      expect([output.text, resumed]).toEqual([line.repeat(4), [2]]);
    },
  );

  it('keeps audit lines when other lines are dropped', () => {
    const { write, flush, output, dropped } = openSlowBuffer();
    for (let count = 0; count < 5; count += 1) write(line, patient);
    write('audit....\n', { urgent: true, audit: true });
    write('audit....\n', { urgent: true, audit: true });
    output.room = 1000;
    flush();
    expect([output.text, dropped.length]).toEqual([`${line.repeat(3)}audit....\n`, 3]);
  });

  it('continues in the middle of a line', async () => {
    const { write, output } = openSlowBuffer();
    output.room = 4;
    write(line, urgent);
    expect(output.text).toBe('1234');
    output.room = 1000;
    while (output.text !== line) await delay(1);
  });

  it('retries with growing pauses', async () => {
    const { write, output } = openSlowBuffer();
    write(line, urgent);
    await delay(300);
    expect(output.tries).toBeLessThan(15);
  });

  it('drops the buffer when the reader has disconnected, and continues with a whole line', () => {
    const { write, flush, output, dropped, resumed } = openSlowBuffer();
    output.room = 4;
    write(line, urgent);
    output.code = 'EPIPE';
    flush();
    expect([output.text, dropped]).toEqual(['1234', [1]]);
    output.room = 1000;
    write(line, urgent);
    expect([output.text, resumed]).toEqual([`1234\n${line}`, [1]]);
  });
});
