import { ProblemDetails, TokenResponse } from '@auth/contracts';
import { startDeadline } from '@auth/verify';
import { UpstreamError } from '@auth/verify/client';
import type { Client } from './client.ts';
import type { Bulkhead } from './proxy/bulkhead.ts';
import type { Device, Tokens } from './sessions/session.ts';
import type { Credentials } from './sessions/sessions.ts';

/** The user app refused something, in its own words. */
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
  /** A login may take longer: the user app slows down those to an account that somebody guesses at. */
  readonly loginTimeoutMs: number;
  /**
   * Bounds how many logins may be under way at a time, in all and of one address: each is a connection to the user app, and
   * anyone can ask for one.
   */
  readonly logins: Pick<Bulkhead, 'enter' | 'leave'>;
  /** Returns the headers that connect a call to the request of a client. */
  readonly headers: (client: Client) => Readonly<Record<string, string>>;
}

/** What the gateway asks the user app for. Every method throws an UpstreamError when that gives no good answer. */
export interface UserClient {
  /** @throws UserAppRefusal; BulkheadFull while too many logins are under way */
  logIn(credentials: Credentials, client: Client, device: Device): Promise<Tokens>;
  /** `refused` for a session that is over. */
  refresh(refreshToken: string, client: Client | undefined): Promise<Tokens | 'refused'>;
  logOut(refreshToken: string, client: Client | undefined): Promise<void>;
}

/** Errors of a connection that never stood: no request was sent on it. */
const neverSent: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/**
 * Whether the user app may have done what failed with this error. It has not done what it refuses with a problem, or what
 * it was never sent; of any other failure nothing is known.
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
      // It is repeated in the background: nobody waits long for it.
      await post('/auth/logout', { refresh_token: refreshToken }, headersFor(client), Math.min(timeoutMs, 1000));
    },
  };
}

function readTokens(body: unknown): Tokens {
  const parsed = TokenResponse.safeParse(body);
  if (!parsed.success) throw new UpstreamError('upstream_failed', 'tokens of the user app');
  return { accessToken: parsed.data.access_token, refreshToken: parsed.data.refresh_token };
}

/** What a browser can mend, or has to wait for, is its business; any other failure is between us and the user app. */
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
