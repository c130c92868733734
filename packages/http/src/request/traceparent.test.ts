import { describe, expect, it } from '@jest/globals';
import { continueTrace } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('continueTrace', () => {
  it.each(['00', '01', 'ff'])('keeps the trace and the flags %s, with a new span', (flags) => {
    const trace = continueTrace(`00-${TRACE}-${PARENT}-${flags}`);
    expect(trace.traceId).toBe(TRACE);
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.spanId).not.toBe(PARENT);
    expect(trace.traceparent).toBe(`00-${TRACE}-${trace.spanId}-${flags}`);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['of another version', `01-${TRACE}-${PARENT}-01`],
    ['upper-case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['with an all-zero trace id', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['with an all-zero parent id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['too long', `00-${TRACE}-${PARENT}-01-x`],
    ['too short', `00-${TRACE}-${PARENT}`],
    ['with a line break', `00-${TRACE}-${PARENT}-01\n`],
  ])('starts a trace when the header is %s', (_case, header) => {
    const trace = continueTrace(header);
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE);
    expect(trace.traceparent).toBe(`00-${trace.traceId}-${trace.spanId}-01`);
  });
});
