import type { Grant, GrantRequest } from './grants.ts';
import { narrow, scopesOf } from './grants.ts';
import type { Passwords } from './passwords.ts';
import { createRefreshToken, hashRefreshToken } from './refresh-token.ts';
import type { Rehash } from './rehash.ts';
import type { AccessToken, TokenIssuer } from './tokens.ts';
import { UserError } from './user-error.ts';

type Hash = Uint8Array<ArrayBuffer>;

/** An account as far as a session needs it. */
export interface SessionUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

/** One login, and the family of refresh tokens that comes from it. */
export interface Session extends Grant {
  readonly sid: string;
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly ended: boolean;
  readonly user: SessionUser;
}

export interface SessionStore {
  findCredentials(email: string): Promise<{ user: SessionUser; passwordHash: string } | undefined>;
  create(
    session: Grant & {
      userId: string;
      authTime: Date;
      expiresAt: Date;
      userAgent?: string | undefined;
      tokenHash: Hash;
    },
  ): Promise<{ sid: string }>;
  /** The session a refresh token belongs to, and whether the token was used before. */
  findByToken(tokenHash: Hash): Promise<{ session: Session; used: boolean } | undefined>;
  /** Exchanges an unused token for its successor in one step; false when it was used before. */
  rotate(tokenHash: Hash, successorHash: Hash, at: Date): Promise<boolean>;
  end(sid: string, at: Date): Promise<void>;
  findPasswordHash(userId: string): Promise<string | undefined>;
  /** Stores the new hash and ends the user's sessions but one, in one step. */
  changePassword(change: { userId: string; keptSid: string; passwordHash: string; at: Date }): Promise<void>;
}

export interface Login extends GrantRequest {
  readonly email: string;
  readonly password: string;
  readonly userAgent?: string | undefined;
}

export interface Tokens {
  readonly access: AccessToken;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
}

export interface PasswordChange {
  readonly userId: string;
  /** The session that stays. */
  readonly sid: string;
  readonly current: string;
  readonly next: string;
}

export interface Sessions {
  /** @throws UserError `invalid_credentials`, the same for a wrong e-mail, a wrong password and a disabled account */
  login(login: Login): Promise<Tokens>;
  /** @throws UserError `invalid_refresh_token`; a token used twice ends its session */
  refresh(refreshToken: string, wanted: GrantRequest): Promise<Tokens>;
  /** Changes a password and ends every other session of the user. @throws UserError `invalid_credentials` */
  changePassword(change: PasswordChange): Promise<void>;
  /** Ends the session of a refresh token; says nothing about whether there was one (RFC 7009 §2.2). */
  logout(refreshToken: string): Promise<void>;
}

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly passwords: Passwords;
  /** Keeps up with a cost that was raised. */
  readonly rehash: Rehash;
  readonly tokens: TokenIssuer;
  /** The services a token may be for. */
  readonly audience: readonly string[];
  readonly sessionSeconds: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules of sessions. A refresh token is good for one exchange; each exchange hands out the next. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, passwords, rehash, tokens, audience, sessionSeconds, now } = options;
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);

  function issue(session: Pick<Session, 'sid' | 'user' | 'authTime'>, grant: Grant, refreshToken: string): Tokens {
    const { sid, user, authTime } = session;
    const access = tokens.issue({ userId: user.id, roles: user.roles, sid, authTime, ...grant });
    return { access, refreshToken, scopes: grant.scopes };
  }

  /** Used twice: one of its two holders is not the client. Which one cannot be told, so both are out (RFC 9700 §4.14.2). */
  async function endReused({ sid }: Session): Promise<never> {
    await store.end(sid, at());
    throw new UserError('invalid_refresh_token', 'used before: the session was ended');
  }

  return {
    async login({ email, password, userAgent, ...wanted }) {
      const credentials = await store.findCredentials(email);
      const correct = await passwords.verify(password, credentials?.passwordHash);
      if (!correct || credentials === undefined) throw new UserError('invalid_credentials');
      const { user } = credentials;
      if (user.disabled) throw new UserError('invalid_credentials', 'the account is disabled');
      const grant = narrow({ scopes: scopesOf(user.roles), audience }, wanted);
      await rehash({ userId: user.id, password, hash: credentials.passwordHash });
      const refreshToken = createRefreshToken();
      const authTime = at();
      const { sid } = await store.create({
        ...grant,
        userId: user.id,
        authTime,
        expiresAt: at(sessionSeconds),
        userAgent,
        tokenHash: hashRefreshToken(refreshToken),
      });
      return issue({ sid, user, authTime }, grant, refreshToken);
    },

    async refresh(refreshToken, wanted) {
      const tokenHash = hashRefreshToken(refreshToken);
      const known = await store.findByToken(tokenHash);
      if (known === undefined) throw new UserError('invalid_refresh_token', 'unknown');
      const { session, used } = known;
      if (used) return endReused(session);
      if (session.ended) throw new UserError('invalid_refresh_token', 'the session has ended');
      if (session.expiresAt <= at()) throw new UserError('invalid_refresh_token', 'the session has expired');
      if (session.user.disabled) throw new UserError('invalid_refresh_token', 'the account is disabled');
      const granted = narrow(session, wanted);
      // A role that was taken away since login is gone from the next token on.
      const current = scopesOf(session.user.roles);
      const grant = { ...granted, scopes: granted.scopes.filter((scope) => current.includes(scope)) };
      const successor = createRefreshToken();
      if (!(await store.rotate(tokenHash, hashRefreshToken(successor), at()))) return endReused(session);
      return issue(session, grant, successor);
    },

    async changePassword({ userId, sid, current, next }) {
      const known = await store.findPasswordHash(userId);
      if (!(await passwords.verify(current, known))) throw new UserError('invalid_credentials');
      await store.changePassword({ userId, keptSid: sid, passwordHash: await passwords.hash(next), at: at() });
    },

    async logout(refreshToken) {
      const known = await store.findByToken(hashRefreshToken(refreshToken));
      if (known !== undefined) await store.end(known.session.sid, at());
    },
  };
}
