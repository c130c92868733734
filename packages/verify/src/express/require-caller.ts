import type { Request, RequestHandler, Response } from 'express';
import { AuthError, type RefusalReason } from '../auth-error.ts';
import { readBearer } from '../http/bearer.ts';
import { headerValues } from '../http/header-values.ts';
import { attachCall, attachUser } from '../http/identity.ts';
import { createStaleCheck, type RevocationStaleOptions } from '../http/revocation-stale.ts';
import type { OperationPolicy } from '../operation.ts';
import type { AuthErrorCode } from '../problems.ts';
import type { ServiceTokenVerifier } from '../service-token-verifier.ts';
import { passErrors } from './async-handler.ts';
import { assertPlainContent, createContentReader, parseContent } from './content.ts';

/**
 * One decision on the route of an operation. Holds no token. `caller` and `user` (the `sub`) are set only once they are
 * authenticated.
 */
export interface CallDecision {
  readonly decision: 'allow' | 'deny';
  readonly operation: string;
  readonly caller?: string;
  readonly kid?: string;
  readonly jti?: string;
  readonly user?: string | undefined;
  readonly code?: AuthErrorCode;
  readonly reason?: RefusalReason;
}

/** The options of `requireCaller`. `onRevocationStale` concerns only calls with a user. */
export type RequireCallerOptions = CallGuardOptions & RevocationStaleOptions;

export interface CallGuardOptions {
  readonly verifier: ServiceTokenVerifier;
  /** Called with every decision, allow and deny, before the handler runs. */
  readonly onDecision: (decision: CallDecision, req: Request) => void;
  /** The longest content in bytes; 100 000 unless given. */
  readonly limitBytes?: number;
}

/**
 * Creates the guard for the route of an operation: it admits a listed caller, once per token, with exactly the request
 * that was signed. The guard reads the body and leaves the parsed JSON in `req.body`, so mount it before any body
 * parser. Afterwards `callerOf(req)` returns the caller and, where the operation has a user, `userOf(req)` the user.
 */
export function requireCaller(operation: OperationPolicy, options: RequireCallerOptions): RequestHandler {
  const { verifier, onDecision, limitBytes = 100_000 } = options;
  if (typeof verifier?.verify !== 'function') throw new TypeError('requireCaller needs a service token verifier');
  if (typeof onDecision !== 'function') throw new TypeError('requireCaller needs onDecision');
  // NaN would mean no limit.
  if (!Number.isSafeInteger(limitBytes) || limitBytes < 1)
    throw new TypeError('limitBytes must be a whole number above 0');
  const readContent = createContentReader(limitBytes);
  const assertFresh = createStaleCheck(options);

  async function admit(req: Request, res: Response): Promise<void> {
    let who: Pick<CallDecision, 'caller' | 'kid' | 'jti' | 'user'> | undefined;
    try {
      const accessToken = readBearer(req.rawHeaders);
      const serviceToken = readServiceToken(req);
      const { method, originalUrl: target } = req;
      const pending = verifier.verify({ operation, method, target, serviceToken, accessToken });
      who = { caller: pending.caller, kid: pending.kid, jti: pending.jti, user: pending.user?.sub };
      if (pending.user !== undefined) assertFresh();
      assertPlainContent(req);
      const content = await readContent(req, res);
      // Parsed before the token is marked as used: content that cannot be parsed leaves the token unused.
      const call = await pending.accept(content, () => {
        req.body = parseContent(req, content);
      });
      attachCall(req, call);
      const { user } = call;
      if (user !== undefined && accessToken !== undefined) attachUser(req, { claims: user, token: accessToken });
      onDecision({ decision: 'allow', operation: operation.id, ...who }, req);
    } catch (error) {
      if (error instanceof AuthError) {
        const { code, reason, call } = error;
        onDecision({ decision: 'deny', operation: operation.id, ...(who ?? call), code, reason }, req);
      }
      throw error;
    }
  }
  return passErrors(async (req, res, next) => {
    await admit(req, res);
    next();
  });
}

/** Reads the service token of exactly one header line: Node would join two with a comma or keep the first. */
function readServiceToken(req: Request): string {
  const [token, second] = headerValues(req.rawHeaders, 'service-token');
  if (token === undefined) throw new AuthError('invalid_service_token', 'absent');
  if (second !== undefined) throw new AuthError('invalid_service_token', 'duplicate_header');
  return token;
}
