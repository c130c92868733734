import type { Request, RequestHandler } from 'express';
import type { RefusalReason } from '../auth-error.ts';
import { AuthError } from '../auth-error.ts';
import type { OperationPolicy } from '../operation.ts';
import type { AuthErrorCode } from '../problems.ts';
import type { ServiceTokenVerifier } from '../service-token-verifier.ts';
import { readBearer } from './bearer.ts';
import { assertPlainContent, createContentReader, parseContent } from './content.ts';
import { headerValues } from './header-values.ts';
import { rememberCall, rememberUser } from './identity.ts';
import type { RevocationStaleOptions } from './revocation-stale.ts';
import { createStaleCheck } from './revocation-stale.ts';

/**
 * One decision on the route of an operation. Holds no token; `caller`, and then `user` (the `sub`), are known only once
 * they are authenticated.
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

/** `onRevocationStale` is about the user of a call: a call without one passes. */
export type RequireCallerOptions = CallGuardOptions & RevocationStaleOptions;

export interface CallGuardOptions {
  readonly verifier: ServiceTokenVerifier;
  /** Told of every decision, allow and deny, before the handler runs. */
  readonly onDecision: (decision: CallDecision, req: Request) => void;
  /** 100 kB unless given. */
  readonly limitBytes?: number;
}

/**
 * Guards the route of an operation: only a listed caller gets in, once per token, with the very request it signed.
 * Reads the body itself and leaves the parsed JSON in `req.body`, so it must stand before any body parser.
 * Afterwards `callerOf(req)` tells who calls and, where the operation has a user, `userOf(req)` for whom.
 */
export function requireCaller(operation: OperationPolicy, options: RequireCallerOptions): RequestHandler {
  const { verifier, onDecision, limitBytes = 100_000 } = options;
  if (typeof verifier?.verify !== 'function') throw new TypeError('requireCaller needs a service token verifier');
  if (typeof onDecision !== 'function') throw new TypeError('requireCaller needs onDecision');
  // A limit of NaN would be none.
  if (!Number.isSafeInteger(limitBytes) || limitBytes < 1)
    throw new TypeError('limitBytes must be a whole number above 0');
  const readContent = createContentReader(limitBytes);
  const assertFresh = createStaleCheck(options);

  return async (req, res, next) => {
    let who: Pick<CallDecision, 'caller' | 'kid' | 'jti' | 'user'> | undefined;
    try {
      const accessToken = readBearer(req);
      const serviceToken = readServiceToken(req);
      const { method, originalUrl: target } = req;
      const pending = verifier.verify({ operation, method, target, serviceToken, accessToken });
      who = { caller: pending.caller, kid: pending.kid, jti: pending.jti, user: pending.user?.sub };
      if (pending.user !== undefined) assertFresh();
      assertPlainContent(req);
      const content = await readContent(req, res);
      // Parsed before the token is used up: content that cannot be read costs the caller no token.
      const call = await pending.accept(content, () => {
        req.body = parseContent(req, content);
      });
      rememberCall(req, call);
      const { user } = call;
      if (user !== undefined && accessToken !== undefined) rememberUser(req, { claims: user, token: accessToken });
      onDecision({ decision: 'allow', operation: operation.id, ...who }, req);
    } catch (error) {
      if (error instanceof AuthError) {
        const { code, reason, call } = error;
        onDecision({ decision: 'deny', operation: operation.id, ...(who ?? call), code, reason }, req);
      }
      throw error;
    }
    next();
  };
}

/** Exactly one header: Node would join two with a comma or keep the first. */
function readServiceToken(req: Request): string {
  const [token, second] = headerValues(req, 'service-token');
  if (token === undefined) throw new AuthError('invalid_service_token', 'absent');
  if (second !== undefined) throw new AuthError('invalid_service_token', 'duplicate_header');
  return token;
}
