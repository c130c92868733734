import type { Server } from 'node:http';
import { createServiceTokenSigner, type OutboundKeys } from '@auth/verify';
import type { Test } from 'supertest';
import request from 'supertest';
import type { Decision } from './guarded-app.ts';

/** A request to an internal route, as it is sent. */
export interface SentCall {
  readonly method: 'get' | 'head' | 'post' | 'put';
  readonly path: string;
  readonly serviceToken: string | undefined;
  readonly bearer: string | undefined;
  readonly content: string | undefined;
  /** Media type of the content. */
  readonly type: string;
}

/** The claims of a service token, and its signer. */
export interface SignedCall {
  readonly caller: string;
  readonly callee: string;
  readonly keys: OutboundKeys;
  /** The operation without its callee: `quotes.create`. */
  readonly operation: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly content?: string;
  readonly bearer: string | undefined;
  /** Seconds since 1970. */
  readonly at: number;
}

/** A valid call, and a signer of similar ones. */
export interface WellMadeCall {
  readonly signed: SignedCall;
  readonly sent: SentCall & { readonly serviceToken: string };
  sign(replaced?: Partial<SignedCall>): string;
}

/** Creates the call that the token names. */
export function makeCall(signed: SignedCall): WellMadeCall {
  const sign = (replaced: Partial<SignedCall> = {}) => signCall({ ...signed, ...replaced });
  const { method, path, bearer, content } = signed;
  return { signed, sign, sent: { method, path, bearer, content, type: 'application/json', serviceToken: sign() } };
}

function signCall({ caller, callee, keys, operation, method, path, content, bearer, at }: SignedCall): string {
  const signer = createServiceTokenSigner({ service: caller, keys, now: () => at });
  return signer.sign({
    operation: { id: `${callee}:${operation}`, method: method === 'get' ? 'GET' : 'POST' },
    target: path,
    accessToken: bearer,
    ...(content !== undefined && { content: Buffer.from(content) }),
  });
}

/** Sends a call to an app. */
export function sendCall(app: { readonly server: Server }, call: SentCall): Test {
  const { method, path, serviceToken, bearer, content, type } = call;
  const sent = request(app.server)[method](path);
  if (serviceToken !== undefined) sent.set('Service-Token', serviceToken);
  if (bearer !== undefined) sent.set('Authorization', `Bearer ${bearer}`);
  return content === undefined ? sent : sent.set('Content-Type', type).send(content);
}

/** Returns the logged decision on the call of one request. */
export function decisionsOn(...request: Parameters<typeof decisionLinesOn>): readonly Record<string, unknown>[] {
  return decisionLinesOn(...request).map(({ audit }) => audit);
}

/** Returns the whole log lines of that decision. */
export function decisionLinesOn(
  app: { decisions(): readonly Decision[] },
  { headers }: { readonly headers: Readonly<Record<string, string>> },
): readonly Decision[] {
  return app.decisions().filter(({ requestId }) => requestId === headers['x-request-id']);
}
