import { randomUUID } from 'node:crypto';
import { issuerService, type OperationSpec, operations, services } from '@auth/contracts';
import { demoAccounts } from '@auth/contracts/demo-accounts';
import { developmentIssuer, isMarked } from '@auth/keys/development-keys';
import { parseSigning } from '@auth/keys/signing-key';
import { createServiceTokenSigner, parseCalls } from '@auth/verify';
import { signAccessToken } from '@auth/verify/issuer';
import { accessTokenSeconds, maxServiceTokenSeconds } from '@auth/verify/times';
import { documentOf, type Folder } from './folder.ts';
import { KeyCommandError } from './key-command-error.ts';

/** A token for development, and what it was made for. */
export interface DevelopmentToken {
  /** The request header that carries it: `Service-Token: …` or `Authorization: Bearer …`. */
  readonly header: string;
  readonly expiresInSeconds: number;
}

/** A service token, with the request that it is for. */
export interface ServiceCallToken extends DevelopmentToken {
  readonly method: string;
  /** Path and query, exactly as they must be sent. */
  readonly target: string;
  /** The body, byte for byte as it must be sent. */
  readonly body: string | undefined;
}

export interface ServiceCallRequest {
  readonly from: string;
  readonly to: string;
  /** The operation without its callee: `quotes.create`. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly accessToken: string | undefined;
}

/** Makes an access token of a demo account, as the user app would. @throws KeyCommandError unless the keys are of development */
export function makeAccessToken(folder: Folder, name: string, now: () => number): DevelopmentToken {
  const { signing = [], issuer } = assertDevelopment(folder);
  const { active } = parseSigning(signing);
  assertMarked(active.kid);
  const account = Object.entries(demoAccounts).find(([known]) => known === name)?.[1];
  if (account === undefined) {
    throw new KeyCommandError(`--user must be one of ${Object.keys(demoAccounts).join(', ')}`, 64);
  }
  const iat = Math.floor(now());
  const token = signAccessToken(active, {
    issuer: issuer.iss,
    audience: services,
    userId: account.id,
    clientId: 'first-party',
    issuedAt: iat,
    lifetimeSeconds: accessTokenSeconds,
    authTime: iat,
    // Services reject a session id that is no UUID. No session has this one.
    sid: randomUUID(),
    scopes: account.scopes,
    roles: account.roles,
  });
  return { header: `Authorization: Bearer ${token}`, expiresInSeconds: accessTokenSeconds };
}

/** Makes a service token for one request. @throws KeyCommandError unless the keys are of development, and the caller has one */
export function makeServiceToken(folder: Folder, request: ServiceCallRequest, now: () => number): ServiceCallToken {
  assertDevelopment(folder);
  const { from, to, body, accessToken } = request;
  const id = `${to}:${request.operation}`;
  const operation = operationOf(id);
  const calls = parseCalls(documentOf(folder, from).calls);
  const key = calls.get(to);
  if (key === undefined) {
    const callers =
      operation.callers.length === 0 ? 'no service may call it' : `${operation.callers.join(', ')} may call it`;
    throw new KeyCommandError(`${from} holds no key to call ${to} with: ${id}, ${callers}`);
  }
  assertMarked(key.kid);
  const target = operation.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = request.params[name];
    if (value === undefined)
      throw new KeyCommandError(`--param ${name}=… is missing: the path is ${operation.path}`, 64);
    return encodeURIComponent(value);
  });
  const signer = createServiceTokenSigner({ service: from, keys: calls, now, lifetimeSeconds: maxServiceTokenSeconds });
  const content = body === undefined ? undefined : new TextEncoder().encode(body);
  const token = signer.sign({ operation: { id, method: operation.method }, target, content, accessToken });
  return {
    header: `Service-Token: ${token}`,
    expiresInSeconds: maxServiceTokenSeconds,
    method: operation.method,
    target,
    body,
  };
}

function operationOf(id: string): OperationSpec {
  const all: Readonly<Record<string, OperationSpec>> = operations;
  const operation = Object.hasOwn(all, id) ? all[id] : undefined;
  if (operation !== undefined) return operation;
  throw new KeyCommandError(`there is no operation ${id}: there are ${Object.keys(all).join(', ')}`, 64);
}

function assertDevelopment(folder: Folder) {
  const document = documentOf(folder, issuerService);
  if (developmentIssuer(document.issuer.iss) !== undefined) return document;
  const problem = `issuer.iss is ${document.issuer.iss}: tokens are made with keys of development only`;
  throw new KeyCommandError(problem);
}

/** Rejects a key that was not made for development, which is known from its id when the issuer has changed. */
function assertMarked(kid: string): void {
  if (!isMarked(kid)) throw new KeyCommandError(`${kid} was not made for development: no .dev at its end`);
}
