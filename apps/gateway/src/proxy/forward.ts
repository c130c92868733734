import type { Writable } from 'node:stream';
import { Problem } from '@auth/http';
import type { Dispatcher } from 'undici';
import type { SessionVisitor } from '../authentication/authentication.ts';
import { beginAnswer, takeRefusal } from './answer.ts';
import type { Place } from './place.ts';
import { leavePlace } from './place.ts';
import { failureProblem } from './refuse.ts';
import type { Exchange } from './request.ts';
import { ClientLeft } from './request.ts';
import { assertFinalStatus } from './response-headers.ts';
import { isCutOff, UpstreamFailure, upstreamFailure } from './upstream-failure.ts';
import type { Upstream } from './upstreams.ts';

/** A request as its service is to get it. */
export interface Outgoing {
  readonly exchange: Exchange;
  readonly upstream: Upstream;
  /** Names and values in turn. */
  readonly headers: string[];
  /** The whole of it; `undefined` for a request without one. */
  readonly body: Buffer | undefined;
  /** Whether the route is slow by design: it has slots and a timeout of its own. */
  readonly slow: boolean;
  /** Whose token goes along, if it is not the client's own. */
  readonly session: SessionVisitor | undefined;
  /** Answers the client in place of the service. */
  readonly refuse: (exchange: Exchange, error: unknown) => void;
}

/** So many interim answers (1xx) a service may send before its answer. */
const maxInterim = 8;

/** May be sent again when the first try came to nothing. */
const repeatable: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/** One attempt, until its answer has begun. */
interface Attempt extends Place {
  readonly exchange: Exchange;
  readonly outgoing: Outgoing;
  begun: boolean;
  /** Interim answers so far. */
  interim: number;
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
  const { exchange, upstream, slow } = outgoing;
  const bulkhead = slow ? upstream.slowBulkhead : upstream.bulkhead;
  const client = slow ? exchange.client() : undefined;
  return new Promise((resolve, reject) => {
    const how = { begun: false, interim: 0, repeated: false };
    enter({ exchange, bulkhead, client, upstream, taken: false, outgoing, ...how, resolve, reject });
  });
}

/** @throws BulkheadFull */
function enter(one: Attempt): void {
  const place = one.bulkhead.enter(one.client);
  if (place === undefined) send(one);
  else place.then(() => send(one)).catch(one.reject);
}

function send(one: Attempt): void {
  const { exchange, upstream, outgoing } = one;
  const { req, res } = exchange;
  const { headers, body = null, slow } = outgoing;
  one.taken = true;
  if (exchange.left) {
    leavePlace(one);
    one.reject(new ClientLeft());
    return;
  }
  const what = { path: req.url ?? '', method: req.method as Dispatcher.HttpMethod, headers, body };
  const how = { signal: res, responseHeaders: 'raw', opaque: one, ...(slow ? upstream.slowTimeouts : {}) } as const;
  // What is thrown there ends the attempt.
  const onInfo = ({ statusCode }: { statusCode: number }) => assertInterim(one, statusCode);
  upstream.pool.stream({ ...what, ...how, onInfo }, onAnswer, onDone);
}

/** Interim answers without end would keep the request for ever, since each restarts the timeout. */
function assertInterim(one: Attempt, status: number): void {
  one.interim += 1;
  if (status < 102 || one.interim > maxInterim) throw new UpstreamFailure('upstream_failed', 'interim answer');
}

function onAnswer({ statusCode: status, headers, opaque }: Dispatcher.StreamFactoryData<Attempt>): Writable {
  const { exchange, session } = opaque.outgoing;
  const head = { status, rawHeaders: flat(headers) };
  assertFinalStatus(status);
  const options = { accessToken: session?.accessToken };
  const writable =
    status === 401 && session !== undefined
      ? takeRefusal(
          exchange,
          head,
          options,
          (code, passOn) => void answerRefusal(opaque.outgoing, { session, code, passOn }),
        )
      : beginAnswer(opaque, head, options);
  opaque.begun = true;
  opaque.resolve();
  return writable;
}

function onDone(error: Error | null, { opaque: one }: Dispatcher.StreamData<Attempt>): void {
  const { outgoing, begun } = one;
  leavePlace(one);
  if (error === null) return;
  if (!begun) fail(one, outgoing.exchange.left ? new ClientLeft() : failureOf(error, outgoing));
  else if (!outgoing.exchange.res.headersSent) giveUp(outgoing, upstreamFailure(error) ?? error);
}

function failureOf(error: Error, { slow }: Outgoing): Error {
  const failure = upstreamFailure(error);
  if (failure === undefined) return error;
  const { code, reason, cause } = failure;
  // Five slow logins in a row say nothing of the service, which answers everything else.
  return slow && code === 'upstream_timeout' ? new UpstreamFailure(code, reason, { cause, blames: false }) : failure;
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
function maySendAgain({ repeated, outgoing: { exchange, body } }: Attempt, error: unknown): boolean {
  return !repeated && isCutOff(error) && body === undefined && repeatable.has(exchange.req.method);
}

/**
 * Sends a request whose token was refused once more, with another token of its session where there is one. A service refuses
 * a token before it does anything, so nothing is done twice.
 */
async function answerRefusal(
  outgoing: Outgoing,
  { session, code, passOn }: { session: SessionVisitor; code: string | undefined; passOn: () => void },
): Promise<void> {
  const { exchange } = outgoing;
  try {
    const other = code === undefined ? undefined : await session.onRefused(code);
    if (exchange.left) return;
    if (other === undefined) passOn();
    else forward(withToken(outgoing, session, other));
  } catch (error) {
    giveUp(outgoing, error);
  }
}

/** A token that was issued just now is refused: the clocks of the service or what it knows will catch up. */
const momentary: ReadonlySet<string> = new Set(['token_revoked', 'token_expired']);

async function onRefusedAgain(code: string): Promise<undefined> {
  if (!momentary.has(code)) return;
  throw new Problem('unavailable', { reason: `a new token is refused: ${code}`, retryAfterSeconds: 1 });
}

function withToken(outgoing: Outgoing, session: SessionVisitor, accessToken: string): Outgoing {
  const headers = [...outgoing.headers];
  headers[headers.lastIndexOf('authorization') + 1] = `Bearer ${accessToken}`;
  return { ...outgoing, headers, session: { ...session, accessToken, onRefused: onRefusedAgain } };
}

function giveUp({ exchange, upstream, refuse }: Outgoing, error: unknown): void {
  if (!exchange.left && !(error instanceof ClientLeft)) refuse(exchange, failureProblem(upstream, error));
}

/** With `responseHeaders: 'raw'` they are names and values in turn, which undici's types do not say. */
function flat(headers: unknown): readonly string[] {
  if (!Array.isArray(headers)) throw new TypeError('undici gave headers that are not raw');
  return headers;
}
