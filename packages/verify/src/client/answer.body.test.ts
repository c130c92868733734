import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { type Answer, readAnswer } from './answer.ts';
import { UpstreamError } from './upstream-error.ts';

/** An answer whose body comes in these pieces. */
const answerOf = (pieces: readonly (string | Uint8Array)[], status = 200): Answer => ({
  status,
  body: pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
});

const read = async (answer: Answer) => readAnswer('product:notes.read', answer, z.string());

describe('readAnswer', () => {
  it('reads a character that arrives in two chunks', async () => {
    const bytes = Buffer.from('"é😀"');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await read(answerOf([bytes.subarray(0, cut), bytes.subarray(cut)]))).toBe('é😀');
    }
  });

  it('accepts 1 000 000 bytes and no more, in one chunk or in many', async () => {
    const largest = `"${'x'.repeat(999_998)}"`;
    expect(await read(answerOf([largest]))).toHaveLength(999_998);
    expect(await read(answerOf([largest.slice(0, 500_000), largest.slice(500_000)]))).toHaveLength(999_998);
    for (const pieces of [[`${largest} `], [largest, ' ']]) {
      await expect(read(answerOf(pieces))).rejects.toMatchObject({
        code: 'upstream_failed',
        answer: { status: 200, code: 'too_large' },
      });
    }
  });

  it.each([
    ['null', 400, 'null', 'upstream_failed 400 undefined'],
    ['text', 400, '"not_found"', 'upstream_failed 400 undefined'],
    ['an object without a code', 404, '{}', 'upstream_failed 404 undefined'],
    ['300, which is no redirection to follow, with a code', 300, '{"code":"x"}', 'upstream_failed 300 x'],
    ['400 with a code', 400, '{"code":"x"}', 'upstream_refused 400 x'],
    ['499 with a code', 499, '{"code":"x"}', 'upstream_refused 499 x'],
    ['500 with a code', 500, '{"code":"x"}', 'upstream_failed 500 x'],
  ])('reads %s', async (_case, status, body, expected) => {
    const error = await read(answerOf([body], status)).catch((reason: unknown) => reason);
    if (!(error instanceof UpstreamError)) throw error;
    expect(`${error.code} ${error.answer?.status} ${error.answer?.code}`).toBe(expected);
    expect(error.operation).toBe('product:notes.read');
  });
});
