import { scopesOf } from '@auth/contracts/grants';
import { type AccountAudit, auditEnded } from '../accounts/account-event.ts';
import type { KnownGuesses } from '../limits/known-guesses.ts';
import { parsePasswordHash } from '../passwords/password-hash.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { Rehash } from '../passwords/rehash.ts';
import { UserError } from '../user-error.ts';
import { type Grant, type GrantRequest, narrow } from './grant.ts';
import { createRefreshToken, hashesOf } from './refresh-token.ts';
import type { Device, SessionLife, SessionStore, SessionUser } from './stored-sessions.ts';
import type { TokenIssuer, Tokens } from './tokens.ts';

/** How often a login is checked when the account changes meanwhile: a re-hash, a new password, other roles. */
const maxChecks = 3;
/** The reason of a refused login with a known wrong guess. */
export const repeatedGuess = 'repeated_guess';

export interface Login extends GrantRequest, Device {
  readonly email: string;
  readonly password: string;
  /** The address block of the client. */
  readonly addressBlock: string;
  /** Aborted when the client has closed its connection. The password is then not checked. */
  readonly signal?: AbortSignal;
}

export interface LoginOptions {
  readonly store: Pick<SessionStore, 'findCredentials' | 'create'>;
  readonly passwords: Pick<Passwords, 'verify'>;
  /** Without it, a repeated wrong guess counts again. */
  readonly knownGuesses?: KnownGuesses | undefined;
  readonly rehash: Rehash;
  readonly tokens: TokenIssuer;
  /** The services a token may be for. */
  readonly audience: readonly string[];
  readonly life: SessionLife;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

interface Credentials {
  readonly user: SessionUser;
  readonly passwordHash: string;
}

/** Creates the rule of a login. See `Sessions.login`. */
export function createLogin(options: LoginOptions): (login: Login) => Promise<Tokens> {
  const { store, passwords, knownGuesses = noKnownGuesses, rehash, tokens, audience, life, audit, now } = options;

  async function begin(
    { user, passwordHash }: Credentials,
    grant: Grant,
    device: Pick<Login, 'userAgent' | 'addressPrefix'>,
  ) {
    const refreshToken = createRefreshToken();
    const at = now();
    const [authTime, issuedAt] = [new Date(at * 1000), Math.floor(at)];
    const session = await store.create({
      ...grant,
      ...device,
      user,
      passwordHash,
      authTime,
      issuedAt,
      expiresAt: new Date((at + life.absoluteSeconds) * 1000),
      lastExp: issuedAt + tokens.lifetimeSeconds,
      tokenHashes: hashesOf(refreshToken),
    });
    if (session === undefined) return undefined;
    const { id, roles } = user;
    const access = tokens.issue({ userId: id, roles, sid: session.sid, authTime, issuedAt, ...grant });
    return { ...session, tokens: { access, refreshToken, scopes: grant.scopes } };
  }

  return async ({ email, password, addressBlock, signal, userAgent, addressPrefix, ...wanted }) => {
    let credentials = await store.findCredentials(email);
    /** The hash that the password matched. */
    let verified: string | undefined;

    function failed(reason: string): UserError {
      audit({ event: 'login', outcome: 'failed', user: credentials?.user.id, reason });
      return new UserError('invalid_credentials', reason);
    }

    for (let check = 0; check < maxChecks; check += 1) {
      const guess = { addressBlock, account: email, secret: password, against: stateOf(credentials) };
      if (await knownGuesses.isUsedUp(guess)) throw failed(repeatedGuess);
      if (verified === undefined || verified !== credentials?.passwordHash) {
        const correct = await passwords.verify(password, credentials?.passwordHash, signal);
        verified = correct ? credentials?.passwordHash : undefined;
      }
      if (credentials !== undefined && verified !== undefined && !credentials.user.disabled) {
        const { user, passwordHash } = credentials;
        const grant = narrow({ scopes: scopesOf(user.roles), audience }, wanted);
        const begun = await begin(credentials, grant, { userAgent, addressPrefix });
        if (begun !== undefined) {
          await rehash({ userId: user.id, password, hash: passwordHash });
          audit({ event: 'login', outcome: 'ok', user: user.id, sid: begun.sid });
          auditEnded(audit, { user: user.id, ended: begun.ended, reason: 'session_limit' });
          return begun.tokens;
        }
      }
      const latest = await store.findCredentials(email);
      if (verified === undefined || credentials?.user.disabled) {
        if (stateOf(latest) === stateOf(credentials)) {
          const isNew = await knownGuesses.add(guess);
          throw failed(isNew ? reasonOf(credentials, verified) : repeatedGuess);
        }
      }
      credentials = latest;
    }
    throw new UserError('changed_meanwhile');
  };
}

/** Returns the data on which the acceptance of a password depends. */
function stateOf(credentials: Credentials | undefined): string {
  return credentials === undefined ? '' : JSON.stringify([credentials.passwordHash, credentials.user.disabled]);
}

function reasonOf(credentials: Credentials | undefined, verified: string | undefined): string {
  if (credentials === undefined) return 'unknown_email';
  if (parsePasswordHash(credentials.passwordHash) === undefined) return 'unreadable_hash';
  return verified === undefined ? 'wrong_password' : 'disabled';
}

const noKnownGuesses: KnownGuesses = { isUsedUp: async () => false, add: async () => true };
