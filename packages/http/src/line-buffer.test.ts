import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLineBuffer } from './line-buffer.ts';

function openBuffer() {
  const written: string[] = [];
  return { ...createLineBuffer((text) => written.push(text)), written };
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

  it('writes an urgent line at once, behind those that waited', () => {
    const { write, written } = openBuffer();
    write('a\n', patient);
    write('b\n', urgent);
    expect(written).toEqual(['a\nb\n']);
  });

  it('lets no more wait than is good for the memory', () => {
    const { write, written } = openBuffer();
    for (let count = 0; count < 100; count += 1) write(`${'x'.repeat(999)}\n`, patient);
    expect(written.map((text) => text.length)).toEqual([33_000, 33_000, 33_000]);
  });

  it('writes what waits when it is told to', () => {
    const { write, flush, written } = openBuffer();
    flush();
    write('a\n', patient);
    flush();
    flush();
    expect(written).toEqual(['a\n']);
  });
});
