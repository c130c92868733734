import { ServerResponse } from 'node:http';
import type { Share, Shares } from './shares.ts';

/** How much of an answer is kept in memory for a client that reads slowly, so that the slot of the service is free. */
export const maxUnreadBytes = 256 * 1024;
/** How long a service may wait with the rest of a longer answer until the client has read that much. */
const readTimeoutMs = 20_000;

/** An answer that a client reads more slowly than its service writes. */
export interface Unread {
  readonly shares: Shares;
  /** The client: a block of addresses. Computed on demand, since it is rarely needed. */
  readonly client: () => string;
}

const unreadOf = Symbol('unread');

interface State extends Unread {
  /** Whether the answer has waited for the client at least once. */
  watched: boolean;
  share: Share | undefined;
  timer: NodeJS.Timeout | undefined;
}
type BufferedResponse = ServerResponse & { [unreadOf]?: State };

/**
 * Lets a response buffer more than it can send, up to a bound, and cuts off a client that does not read in time or has
 * too many such answers. An unread answer must neither hold a slot of a service nor use memory without a bound.
 */
export function bufferAnswer(res: BufferedResponse, { shares, client }: Unread): void {
  res[unreadOf] = { shares, client, watched: false, share: undefined, timer: undefined };
  res.write = writeBuffered;
}

function writeBuffered(this: BufferedResponse, ...rest: unknown[]): boolean {
  if (Reflect.apply(ServerResponse.prototype.write, this, rest)) return true;
  const state = this[unreadOf];
  if (state === undefined) return false;
  if (!state.watched) {
    state.watched = true;
    this.on('drain', () => release(state)).once('close', () => release(state));
  }
  state.share ??= state.shares.take(state.client(), () => cutOff(this));
  if (this.writableLength < maxUnreadBytes) return true;
  state.timer ??= setTimeout(() => cutOff(this), readTimeoutMs).unref();
  return false;
}

function release(state: State): void {
  state.share?.release();
  clearTimeout(state.timer);
  state.share = undefined;
  state.timer = undefined;
}

function cutOff(res: BufferedResponse): void {
  (res.socket ?? res.req.socket).destroy();
}
