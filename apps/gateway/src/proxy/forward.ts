import type { Writable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { beginAnswer, takeRefusal } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { ClientLeft } from './exchange.ts';
import { failureProblem } from './failure-problem.ts';
import type { Place } from './place.ts';
import { leavePlace } from './place.ts';
import { requestBody } from './request-body.ts';
import { isCutOff, upstreamFailure } from './upstream-failure.ts';
import type { Upstream } from './upstreams.ts';
import type { SessionVisitor } from './visitor.ts';

/** A request as its service is to get it. */
export interface Outgoing {
  readonly exchange: Exchange;
  readonly upstream: Upstream;
  /** Names and values in turn. */
  readonly headers: string[];
  /** The most bytes that its body may have; `undefined` for a request without one. */
  readonly maxBodyBytes: number | undefined;
  /** Whose token goes along, if it is not the client's own. */
  readonly session: SessionVisitor | undefined;
  /** Answers the client in place of the service. */
  readonly refuse: (exchange: Exchange, error: unknown) => void;
}

/** May be sent again when the first try came to nothing. */
const repeatable: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/** One attempt, until its answer has begun. */
interface Attempt extends Place {
  readonly exchange: Exchange;
  readonly outgoing: Outgoing;
  begun: boolean;
  /** It is the second try of it. */
  repeated: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** Sends a request to its service, and the service's answer to the client. */
export function forward(outgoing: Outgoing): void {
  outgoing.upstream.breaker.run(() => attempt(outgoing)).catch((error: unknown) => giveUp(outgoing, error));
}

/** Settles when the service's answer has begun: one that breaks off later is no reason to keep others from the service. */
function attempt(outgoing: Outgoing): Promise<void> {
  const { exchange, upstream } = outgoing;
  return new Promise((resolve, reject) => {
    enter({ exchange, upstream, taken: false, outgoing, begun: false, repeated: false, resolve, reject });
  });
}

/** @throws BulkheadFull */
function enter(one: Attempt): void {
  const place = one.upstream.bulkhead.enter();
  if (place === undefined) send(one);
  else place.then(() => send(one)).catch(one.reject);
}

function send(one: Attempt): void {
  const { exchange, upstream, outgoing } = one;
  const { req, res } = exchange;
  const { headers, maxBodyBytes } = outgoing;
  one.taken = true;
  if (exchange.left) {
    leavePlace(one);
    one.reject(new ClientLeft());
    return;
  }
  const body = maxBodyBytes === undefined ? null : requestBody(req, { maxBytes: maxBodyBytes });
  const what = { path: req.url ?? '', method: req.method as Dispatcher.HttpMethod, headers, body };
  upstream.pool.stream({ ...what, signal: res, responseHeaders: 'raw', opaque: one }, onAnswer, onDone);
}

function onAnswer({ statusCode: status, headers, opaque }: Dispatcher.StreamFactoryData<Attempt>): Writable {
  const { exchange, session } = opaque.outgoing;
  const head = { status, rawHeaders: flat(headers) };
  const writable =
    status === 401 && session !== undefined
      ? takeRefusal(exchange, head, (code, passOn) => void answerRefusal(opaque.outgoing, { session, code, passOn }))
      : beginAnswer(opaque, head, { forSession: session !== undefined });
  opaque.begun = true;
  opaque.resolve();
  return writable;
}

function onDone(error: Error | null, { opaque: one }: Dispatcher.StreamData<Attempt>): void {
  const { outgoing, begun } = one;
  leavePlace(one);
  if (error === null) return;
  if (!begun) fail(one, outgoing.exchange.left ? new ClientLeft() : (upstreamFailure(error) ?? error));
  else if (!outgoing.exchange.res.headersSent) giveUp(outgoing, upstreamFailure(error) ?? error);
}

function fail(one: Attempt, error: unknown): void {
  try {
    if (!maySendAgain(one, error)) throw error;
    one.repeated = true;
    enter(one);
  } catch (failure) {
    one.reject(failure);
  }
}

/** A kept connection may have been given up by the service just before it was used: that says nothing of the service. */
function maySendAgain({ repeated, outgoing: { exchange, maxBodyBytes } }: Attempt, error: unknown): boolean {
  return !repeated && isCutOff(error) && maxBodyBytes === undefined && repeatable.has(exchange.req.method);
}

/** The session has the first word on what becomes of a refused token. */
async function answerRefusal(
  outgoing: Outgoing,
  { session, code, passOn }: { session: SessionVisitor; code: string | undefined; passOn: () => void },
): Promise<void> {
  const { exchange, refuse } = outgoing;
  try {
    const problem = code === undefined ? undefined : await session.onRefused(code);
    if (exchange.left) return;
    if (problem === undefined) passOn();
    else refuse(exchange, problem);
  } catch (error) {
    giveUp(outgoing, error);
  }
}

function giveUp({ exchange, upstream, refuse }: Outgoing, error: unknown): void {
  if (!exchange.left && !(error instanceof ClientLeft)) refuse(exchange, failureProblem(upstream, error));
}

/** With `responseHeaders: 'raw'` they are names and values in turn, which undici's types do not say. */
function flat(headers: unknown): readonly string[] {
  if (!Array.isArray(headers)) throw new TypeError('undici gave headers that are not raw');
  return headers;
}
