import { randomFillSync } from 'node:crypto';

/** The place of one request in a distributed trace (W3C Trace Context, version 00). */
export interface Trace {
  /** 32 lower-case hex digits, shared by every service that the request touches. */
  readonly traceId: string;
  /** 16 lower-case hex digits: this service's own part of the work. */
  readonly spanId: string;
  /** The `traceparent` of outgoing calls: same trace, this span as parent, flags kept. */
  readonly traceparent: string;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ALL_ZERO = /^0+$/;
const SAMPLED = '01';

/** Random bytes in advance: a system call for each id would be the most expensive part of naming a request. */
const stock = Buffer.alloc(4096);
let taken = stock.length;

/** Continues the trace of a `traceparent` header, or starts one when the header is absent or malformed. */
export function continueTrace(header: string | undefined): Trace {
  const [, traceId = '', parentId = '', flags = ''] = VERSION_00.exec(header ?? '') ?? [];
  const accepted = traceId !== '' && !ALL_ZERO.test(traceId) && !ALL_ZERO.test(parentId);
  return accepted ? newSpan(traceId, flags) : newSpan(randomHex(16), SAMPLED);
}

function newSpan(traceId: string, flags: string): Trace {
  const spanId = randomHex(8);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

function randomHex(bytes: number): string {
  if (taken + bytes > stock.length) {
    randomFillSync(stock);
    taken = 0;
  }
  taken += bytes;
  return stock.toString('hex', taken - bytes, taken);
}
