import { ServerResponse } from 'node:http';
import type { Share, Shares } from './shares.ts';

/** How much of an answer is kept in memory for a client that reads slowly, so that the service is done with it. */
export const maxUnreadBytes = 256 * 1024;
/** How long a service may wait with the rest of a longer answer until the client has read that much. */
const readTimeoutMs = 20_000;

/** An answer that a client reads more slowly than its service writes. */
export interface Unread {
  readonly shares: Shares;
  /** Whose share it is: a block of addresses. Worked out when it is needed, which is hardly ever. */
  readonly client: () => string;
}

const unreadOf = Symbol('unread');

interface State extends Unread {
  /** It is, or was, waiting for the client at least once. */
  watched: boolean;
  share: Share | undefined;
  timer: NodeJS.Timeout | undefined;
}
type BufferedResponse = ServerResponse & { [unreadOf]?: State };

/**
 * Makes a response take more than it can send, up to a bound, and cuts off the client that does not read in time or holds
 * too many such answers. What a client does not read must not take a place at a service, nor memory without end.
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
