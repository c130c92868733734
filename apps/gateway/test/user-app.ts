import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import type { TestIssuer } from '@auth/verify/testing';

/** A mock of the user app: a real server that signs real tokens, and accepts each refresh token once. */
export interface UserApp {
  readonly url: string;
  readonly user: { readonly id: string; readonly email: string; readonly password: string };
  /** The requests in order: `/auth/login` … */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Sessions that were logged out. */
  readonly loggedOut: ReadonlySet<string>;
  /** The life of its access tokens, in seconds; 600 at first. */
  tokenSeconds: number;
  /** The roles in its access tokens; customer at first. */
  roles: readonly string[];
  /** Refresh tokens that were presented again after the grace: their sessions count as stolen. */
  readonly reused: readonly string[];
  /** Ends a session: its refresh token is refused from now on. */
  end(sid: string): void;
  /** Sets the answer to all later requests, or to those of one path; `undefined`: the usual answers. */
  answer(answer: ((res: ServerResponse) => void) | undefined, path?: string): void;
  /** Delays all later answers until a promise settles. */
  hold(until: Promise<unknown>): void;
  /** Stops listening, and listens again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Opens a mock of the user app with one user. */
export async function openUserApp(issuer: TestIssuer, now: () => number): Promise<UserApp> {
  const user = { id: randomUUID(), email: `${randomBytes(4).toString('hex')}@example.com`, password: 'correct horse' };
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const loggedOut = new Set<string>();
  /** The session of each valid refresh token. */
  const good = new Map<string, string>();
  let tokenSeconds = 600;
  let roles: readonly string[] = ['customer'];
  /** Exchanged refresh tokens: the same exchange is repeated for 10 s. */
  const exchanged = new Map<string, { readonly sid: string; readonly at: number; readonly successor: string }>();
  const reused: string[] = [];
  let other: ((res: ServerResponse) => void) | undefined;
  let otherPath: string | undefined;
  const notFound = (_body: unknown, res: ServerResponse) => problem(res, 404, 'not_found');
  let held: Promise<unknown> = Promise.resolve();

  function tokens(sid: string, refreshToken = randomBytes(32).toString('base64url')): object {
    good.set(refreshToken, sid);
    const iat = Math.floor(now());
    const scope = 'account product:read order:read order:write';
    const access_token = issuer.token({ sub: user.id, sid, iat, exp: iat + tokenSeconds, scope, roles });
    return { access_token, token_type: 'Bearer', expires_in: tokenSeconds, refresh_token: refreshToken, scope };
  }

  const routes: Readonly<Record<string, (body: Record<string, string>, res: ServerResponse) => void>> = {
    '/auth/login'({ email, password }, res) {
      if (email === user.email && password === user.password) return send(res, 200, tokens(randomUUID()));
      return problem(res, 401, 'invalid_credentials');
    },
    '/auth/refresh'({ refresh_token = '' }, res) {
      const before = exchanged.get(refresh_token);
      if (before !== undefined) {
        if (now() - before.at <= 10) return send(res, 200, tokens(before.sid, before.successor));
        reused.push(before.sid);
        for (const [token, of] of good) if (of === before.sid) good.delete(token);
      }
      const sid = good.get(refresh_token);
      if (sid === undefined) return problem(res, 401, 'invalid_refresh_token');
      good.delete(refresh_token);
      const successor = randomBytes(32).toString('base64url');
      exchanged.set(refresh_token, { sid, at: now(), successor });
      return send(res, 200, tokens(sid, successor));
    },
    '/auth/logout'({ refresh_token = '' }, res) {
      const sid = good.get(refresh_token);
      if (sid !== undefined) loggedOut.add(sid);
      good.delete(refresh_token);
      res.writeHead(204).end();
    },
  };

  const server = createServer(async (req, res) => {
    const path = req.url ?? '';
    requests.push({ path, headers: req.headers });
    const body = await readJson(req);
    await held;
    if (other !== undefined && (otherPath ?? path) === path) other(res);
    else (routes[path] ?? notFound)(body as Record<string, string>, res);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    user,
    requests,
    loggedOut,
    reused,
    get roles() {
      return roles;
    },
    set roles(names) {
      roles = names;
    },
    get tokenSeconds() {
      return tokenSeconds;
    },
    set tokenSeconds(seconds) {
      tokenSeconds = seconds;
    },
    end(sid) {
      for (const [token, of] of good) if (of === sid) good.delete(token);
    },
    answer(answer, path) {
      other = answer;
      otherPath = path;
    },
    hold(until) {
      held = until;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async start() {
      await listen(port);
    },
  };
}

export function send(res: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function problem(res: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  const body = { type: `urn:problem:${code}`, title: code, status, detail: 'of the user app', code };
  send(res, status, body, { 'content-type': 'application/problem+json', ...headers });
}
