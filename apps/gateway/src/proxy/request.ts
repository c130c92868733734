import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFacts } from '@auth/http';
import type { Unread } from './patched-response.ts';

/** One proxied request and its answer, on their way. */
export interface Exchange extends RequestFacts, Unread {
  readonly req: IncomingMessage;
  /** Emits `abort` when the client leaves before it is answered. */
  readonly res: ServerResponse;
  readonly requestId: string;
  session: string | undefined;
  /** The client has gone: nobody is there to be answered. */
  left: boolean;
}

/** The client has gone before it was answered. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
  /** What body-parser says then, so that no answer is made for it. */
  readonly type = 'request.aborted';
}

/** Opens it, and watches over the client. */
export function openExchange(exchange: Omit<Exchange, 'session' | 'left'>): Exchange {
  const { res } = exchange;
  const opened: Exchange = { ...exchange, session: undefined, left: false };
  res.once('close', () => {
    if (res.writableFinished) return;
    opened.left = true;
    // undici takes any emitter for a signal; one that is there already costs less than an AbortController.
    res.emit('abort');
  });
  return opened;
}
