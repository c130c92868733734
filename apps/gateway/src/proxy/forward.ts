import type { Writable } from 'node:stream';
import { Problem } from '@auth/http';
import type { Dispatcher } from 'undici';
import type { SessionAuthentication } from '../authentication/authentication.ts';
import { beginAnswer, readRefusal } from './answer.ts';
import { refuse } from './refuse.ts';
import { type Attempt, ClientLeft, freeSlot, type ProxyRequest, takeSlot } from './request.ts';
import { assertFinalStatus } from './response-headers.ts';
import { isCutOff, UpstreamFailure, upstreamFailure } from './upstream-failure.ts';

/** The most interim answers (1xx) that a service may send before its answer. */
const maxInterim = 8;

/** Methods of requests that are retried when a kept connection was closed by the service. */
const repeatable: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/** Sends a request to its service, and the service's answer to the client. */
export function forward(request: ProxyRequest): void {
  request.service.breaker.run(() => attempt(request)).catch((error: unknown) => refuse(request, error));
}

/** Makes an attempt. Settles when the answer has begun: an answer that breaks off later does not open the breaker. */
function attempt(request: ProxyRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    enter({ request, hasSlot: false, begun: false, interim: 0, repeated: false, resolve, reject });
  });
}

/** Sends the request as soon as it has a slot. @throws BulkheadFull */
function enter(made: Attempt): void {
  const waiting = takeSlot(made);
  if (waiting === undefined) send(made);
  else waiting.then(() => send(made)).catch(made.reject);
}

function send(made: Attempt): void {
  const { req, res, service, headers, body = null, slow, left } = made.request;
  made.hasSlot = true;
  if (left) {
    freeSlot(made);
    made.reject(new ClientLeft());
    return;
  }
  const what = { path: req.url ?? '', method: req.method as Dispatcher.HttpMethod, headers, body };
  const how = { signal: res, responseHeaders: 'raw', opaque: made, ...(slow ? service.slowTimeouts : {}) } as const;
  // An error that is thrown there ends the attempt.
  const onInfo = ({ statusCode }: { statusCode: number }) => assertInterim(made, statusCode);
  service.pool.stream({ ...what, ...how, onInfo }, onAnswer, onDone);
}

/** Refuses endless interim answers: each restarts the timeout, so they would keep the request for ever. */
function assertInterim(made: Attempt, status: number): void {
  made.interim += 1;
  if (status < 102 || made.interim > maxInterim) throw new UpstreamFailure('upstream_failed', 'interim answer');
}

function onAnswer({ statusCode: status, headers, opaque: made }: Dispatcher.StreamFactoryData<Attempt>): Writable {
  const { request } = made;
  const { authentication } = request;
  const head = { status, rawHeaders: flat(headers) };
  assertFinalStatus(status);
  const writable =
    status === 401 && authentication?.kind === 'session'
      ? readRefusal(request, head, (code, forwardAnswer) => {
          void retryWithOtherToken(request, authentication, { code, forwardAnswer });
        })
      : beginAnswer(made, head);
  made.begun = true;
  made.resolve();
  return writable;
}

function onDone(error: Error | null, { opaque: made }: Dispatcher.StreamData<Attempt>): void {
  const { request, begun } = made;
  freeSlot(made);
  if (error === null) return;
  if (!begun) fail(made, request.left ? new ClientLeft() : failureOf(error, request));
  else if (!request.res.headersSent) refuse(request, upstreamFailure(error) ?? error);
}

function failureOf(error: Error, { slow }: ProxyRequest): Error {
  const failure = upstreamFailure(error);
  if (failure === undefined) return error;
  const { code, reason, cause } = failure;
  // Five slow logins in a row do not show a failing service.
  return slow && code === 'upstream_timeout' ? new UpstreamFailure(code, reason, { cause, blames: false }) : failure;
}

function fail(made: Attempt, error: unknown): void {
  try {
    if (!mayRepeat(made, error)) throw error;
    made.repeated = true;
    enter(made);
  } catch (failure) {
    made.reject(failure);
  }
}

/** A service may close a kept connection just before it is used. That does not show a failing service. */
function mayRepeat({ repeated, request: { req, body } }: Attempt, error: unknown): boolean {
  return !repeated && isCutOff(error) && body === undefined && repeatable.has(req.method);
}

/**
 * Retries a request whose access token was refused with another token of its session, or forwards the refusal when there
 * is none. A service refuses a token before it carries anything out, so nothing is done twice.
 */
async function retryWithOtherToken(
  request: ProxyRequest,
  { onRefused }: SessionAuthentication,
  { code, forwardAnswer }: { code: string | undefined; forwardAnswer: () => void },
): Promise<void> {
  try {
    const accessToken = code === undefined ? undefined : await onRefused(code);
    if (request.left) return;
    if (accessToken === undefined) {
      forwardAnswer();
      return;
    }
    request.authentication = { kind: 'session', accessToken, onRefused: onRefusedAgain };
    request.headers = [...request.headers.slice(0, -1), `Bearer ${accessToken}`];
    forward(request);
  } catch (error) {
    refuse(request, error);
  }
}

/** Codes with which a service refuses a token that was just issued, until its clock or its revocations have caught up. */
const momentary: ReadonlySet<string> = new Set(['token_revoked', 'token_expired']);

async function onRefusedAgain(code: string): Promise<undefined> {
  if (!momentary.has(code)) return;
  throw new Problem('unavailable', { reason: `a new token is refused: ${code}`, retryAfterSeconds: 1 });
}

/**
 * Returns raw headers. With `responseHeaders: 'raw'` they are names and values in turn, which undici's types do not say.
 */
function flat(headers: unknown): readonly string[] {
  if (!Array.isArray(headers)) throw new TypeError('undici gave headers that are not raw');
  return headers;
}
