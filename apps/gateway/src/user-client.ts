import { ProblemDetails, TokenResponse } from '@auth/contracts';
import { startDeadline } from '@auth/verify';
import { UpstreamError } from '@auth/verify/client';
import type { Client } from './client.ts';
import type { Bulkhead } from './proxy/bulkhead.ts';
import type { Device, Tokens } from './sessions/session.ts';
import type { Credentials } from './sessions/sessions.ts';

/** A refusal of the user app, with its problem. */
export class UserAppRefusal extends Error {
  override readonly name = 'UserAppRefusal';
  readonly status: number;
  readonly problem: ProblemDetails;
  readonly headers: Headers;

  constructor(status: number, problem: ProblemDetails, headers: Headers) {
    super(`the user app answered ${status} ${problem.code}`);
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

export interface UserClientOptions {
  /** The origin of the user app. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** The timeout of a login. It is longer: the user app slows logins to an account down after wrong passwords. */
  readonly loginTimeoutMs: number;
  /**
   * Bounds the logins at a time, in all and per address block: each is a connection to the user app, and needs no
   * credentials.
   */
  readonly logins: Pick<Bulkhead, 'enter' | 'leave'>;
  /** Returns the headers that connect a call to the request of a client. */
  readonly headers: (client: Client) => Readonly<Record<string, string>>;
}

/** Calls the user app. Every method throws an UpstreamError for a failure, or for an answer that is not valid. */
export interface UserClient {
  /** @throws UserAppRefusal; BulkheadFull while too many logins are running */
  logIn(credentials: Credentials, client: Client, device: Device): Promise<Tokens>;
  /** Exchanges a refresh token. Returns `refused` when the session has ended. */
  refresh(refreshToken: string, client: Client | undefined): Promise<Tokens | 'refused'>;
  logOut(refreshToken: string, client: Client | undefined): Promise<void>;
}

/** Errors of a connection that was never established: no request was sent. */
const neverSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Returns whether the user app may have carried out a call that failed with this error. After a refusal with a problem,
 * and without a connection, it has not. For any other failure it is unknown.
 */
export function mayBeDone(error: unknown): boolean {
  if (error instanceof UserAppRefusal) return false;
  const { cause } = Object(error);
  return !neverSent.has(Object(Object(cause).cause).code);
}

/** Creates the client. */
export function createUserClient(options: UserClientOptions): UserClient {
  const { baseUrl, timeoutMs, loginTimeoutMs, logins, headers } = options;
  async function post(
    path: string,
    body: unknown,
    more: Readonly<Record<string, string>>,
    ms = timeoutMs,
  ): Promise<unknown> {
    const late = new AbortController();
    const { signal } = late;
    const cancelDeadline = startDeadline(ms, () => late.abort());
    try {
      const answer = await fetch(new URL(path, baseUrl), {
        method: 'POST',
        headers: { ...more, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal,
      });
      const text = await answer.text();
      if (answer.ok) return text === '' ? undefined : JSON.parse(text);
      throw refusalOf(answer, text) ?? new UpstreamError('upstream_failed', path);
    } catch (error) {
      if (error instanceof UserAppRefusal || error instanceof UpstreamError) throw error;
      if (error instanceof SyntaxError) throw new UpstreamError('upstream_failed', path, { cause: error });
      throw new UpstreamError(signal.aborted ? 'upstream_timeout' : 'unavailable', path, { cause: error });
    } finally {
      cancelDeadline();
    }
  }

  function headersFor(client: Client | undefined): Record<string, string> {
    return client === undefined ? {} : { ...headers(client), 'x-forwarded-for': client.address };
  }

  return {
    async logIn({ email, password }, client, { userAgent }) {
      const more = { ...headersFor(client), ...(userAgent === undefined ? {} : { 'user-agent': userAgent }) };
      const block = client.addressBlock();
      await logins.enter(block);
      try {
        return readTokens(await post('/auth/login', { email, password }, more, loginTimeoutMs));
      } finally {
        logins.leave(block);
      }
    },
    async refresh(refreshToken, client) {
      try {
        return readTokens(await post('/auth/refresh', { refresh_token: refreshToken }, headersFor(client)));
      } catch (error) {
        if (error instanceof UserAppRefusal && error.problem.code === 'invalid_refresh_token') return 'refused';
        throw error;
      }
    },
    async logOut(refreshToken, client) {
      // A short timeout: a failed call is retried in the background.
      await post('/auth/logout', { refresh_token: refreshToken }, headersFor(client), Math.min(timeoutMs, 1000));
    },
  };
}

function readTokens(body: unknown): Tokens {
  const parsed = TokenResponse.safeParse(body);
  if (!parsed.success) throw new UpstreamError('upstream_failed', 'tokens of the user app');
  return { accessToken: parsed.data.access_token, refreshToken: parsed.data.refresh_token };
}

/** Returns the refusal if it is for the client: a 4xx or a 503 with a problem. Any other failure becomes a 502. */
function refusalOf(answer: Response, text: string): UserAppRefusal | undefined {
  if (answer.status >= 500 && answer.status !== 503) return undefined;
  const parsed = ProblemDetails.safeParse(parseJson(text));
  return parsed.success ? new UserAppRefusal(answer.status, parsed.data, answer.headers) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
