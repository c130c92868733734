import { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { noteBrokenOff } from './refuse.ts';
import { type Attempt, freeSlot, type ProxyRequest } from './request.ts';
import type { Share } from './shares.ts';
import { upstreamFailure } from './upstream-failure.ts';

// This is the only file that changes a `ServerResponse`. undici's `Pool.stream` writes the answer of a service into it as
// into any stream. That is not enough for four reasons, each of which has a function below: undici must learn that the
// client left; it must go on reading while the client is slow, since the service has a slot until then; the slot must
// become free when the service is done, not when the client is; and an answer that broke off must not look whole. A
// stream in between would need no patch, but costs each answer another buffer. The functions are shared by all responses:
// a response with functions of its own lives until a full garbage collection.

/**
 * The bytes of an answer that are kept in memory for a client that reads slowly, so that the slot of the service is free.
 */
export const maxUnreadBytes = 256 * 1024;
/** The time within which a client must read that much of a longer answer, while its service waits. */
const readTimeoutMs = 20_000;

const patch = Symbol('patch');
interface Patch {
  readonly attempt: Attempt;
  /** Whether the answer has waited for the client at least once. */
  watched: boolean;
  share: Share | undefined;
  timer: NodeJS.Timeout | undefined;
}
type PatchedResponse = ServerResponse & { [patch]?: Patch };

/**
 * Lets a response stand for an `AbortSignal`: it emits `abort` when the client leaves before it is answered. undici takes
 * any emitter as the signal of a request, and an emitter that exists costs less than an AbortController for each request.
 */
export function abortWhenClientLeaves(request: ProxyRequest): void {
  const { res } = request;
  res.once('close', () => {
    if (res.writableFinished) return;
    request.left = true;
    res.emit('abort');
  });
}

/** Prepares the response for the body of a service's answer, and returns it for undici to write to. */
export function patchResponse(attempt: Attempt): Writable {
  const res: PatchedResponse = attempt.request.res;
  res[patch] = { attempt, watched: false, share: undefined, timer: undefined };
  res.write = writeBuffered;
  res.end = endAndFreeSlot;
  res.destroy = cutUnlessWhole;
  return res;
}

/**
 * Writes a part of an answer. Returns true although the client has not read the parts before, up to a bound, so that
 * undici goes on reading and the slot of the service becomes free. Beyond the bound, a client that does not read in time,
 * or has too many such answers, is cut off: its answers must not use memory without a bound.
 */
function writeBuffered(this: PatchedResponse, ...rest: unknown[]): boolean {
  if (Reflect.apply(ServerResponse.prototype.write, this, rest)) return true;
  const state = this[patch];
  if (state === undefined) return false;
  if (!state.watched) {
    state.watched = true;
    this.on('drain', () => releaseShare(state)).once('close', () => releaseShare(state));
  }
  const { parts, client } = state.attempt.request;
  state.share ??= parts.unreadAnswers.take(client.addressBlock(), () => cutOff(this));
  if (this.writableLength < maxUnreadBytes) return true;
  state.timer ??= setTimeout(() => cutOff(this), readTimeoutMs).unref();
  return false;
}

function releaseShare(state: Patch): void {
  state.share?.release();
  clearTimeout(state.timer);
  state.share = undefined;
  state.timer = undefined;
}

function cutOff(res: ServerResponse): void {
  (res.socket ?? res.req.socket).destroy();
}

/** Ends the answer, and frees the slot of the service: the service is done, however long the client takes to read. */
function endAndFreeSlot(this: PatchedResponse, ...rest: unknown[]): PatchedResponse {
  const state = this[patch];
  if (state !== undefined) freeSlot(state.attempt);
  return Reflect.apply(ServerResponse.prototype.end, this, rest);
}

/**
 * Cuts the client's connection when the answer broke off, so that it does not look whole, and notes why. Does nothing
 * after a whole answer: undici destroys the response then as well.
 */
function cutUnlessWhole(this: PatchedResponse, error?: Error): PatchedResponse {
  if (this.writableFinished) return this;
  const request = this[patch]?.attempt.request;
  if (request !== undefined && !request.left) {
    const failure = upstreamFailure(error);
    if (failure !== undefined) noteBrokenOff(request, failure);
    // To a client of HTTP/1.0 the end of the connection is the end of the answer (RFC 9112 §6.3): only a reset is an
    // error.
    if (request.req.httpVersionMinor === 0) request.req.socket.resetAndDestroy();
  }
  ServerResponse.prototype.destroy.call(this, error);
  return this;
}
