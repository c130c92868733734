import type { OperationPolicy } from '../src/operation.ts';
import type { IncomingCall } from '../src/service-call.ts';
import { createServiceTokenSigner, type OutgoingCall, type ServiceTokenSigner } from '../src/service-token-signer.ts';
import { createServiceTokenVerifier, type ServiceTokenVerifierOptions } from '../src/service-token-verifier.ts';
import { createSingleUseStore } from '../src/single-use-store.ts';
import { createTestEdge } from '../src/testing/index.ts';
import { setUpAccessTokens } from './access-tokens.ts';
import { forge, hs256 } from './forge.ts';
import { outcomeLater } from './outcome.ts';

/** `order` may ask `product` for a quote, without a user. */
export const createQuote: OperationPolicy = {
  id: 'product:quotes.create',
  method: 'POST',
  path: '/internal/quotes',
  callers: ['order'],
  user: 'none',
};
/** `order` may read a note, for a user who may read orders. */
export const readNote: OperationPolicy = {
  id: 'product:notes.read',
  method: 'GET',
  path: '/internal/notes/:id',
  callers: ['order'],
  user: 'required',
  userScopes: ['order:read'],
};
/** An operation without callers. */
export const openDoor: OperationPolicy = {
  ...createQuote,
  id: 'product:doors.open',
  path: '/internal/doors',
  callers: [],
};

/** The bytes of a text. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const quoteContent = bytes('{"items":[1]}');
export const quoteCall = { operation: createQuote, target: '/internal/quotes', content: quoteContent };

/** `order` and `product` with the edge between them, the user's tokens, and a stopped clock. */
export function setUpServiceCalls() {
  const users = setUpAccessTokens();
  const { clock } = users;
  const edge = createTestEdge('order', 'product');
  const store = createSingleUseStore({ capacity: 100, now: clock.now });
  const signer: ServiceTokenSigner = createServiceTokenSigner({ service: 'order', keys: edge.calls, now: clock.now });
  const verifierOptions = {
    service: 'product',
    keys: edge.accepts,
    singleUse: store,
    now: clock.now,
    accessTokens: users.verifierWith({ audience: 'product' }),
  };
  const verifierWith = (options: Partial<ServiceTokenVerifierOptions>) =>
    createServiceTokenVerifier({ ...verifierOptions, ...options });
  const verifier = verifierWith({});

  /** A request as it arrives: signed by `order` for just what is sent, but for what `received` changes on the way. */
  function arriving(sent: OutgoingCall & { operation: OperationPolicy }, received: Partial<IncomingCall> = {}) {
    const { operation, target, accessToken } = sent;
    const serviceToken = received.serviceToken ?? signer.sign(sent);
    return { operation, method: operation.method, target, serviceToken, accessToken, ...received };
  }

  /** How a call ends, from its first check to the last. */
  function outcome(incoming: IncomingCall, content: Uint8Array = new Uint8Array(), by = verifier): Promise<string> {
    return outcomeLater(async () => by.verify(incoming).accept(content));
  }

  const [outbound] = edge.calls.values();
  if (outbound === undefined) throw new Error('the edge has no key');
  const { key, kid } = outbound;

  /** A quote token with other claims or another header, signed with the right secret; `undefined` leaves one out. */
  function forged(claims: unknown, header: object = {}, secret: Parameters<typeof hs256>[0] = key): string {
    return forge({
      header: { alg: 'HS256', typ: 'service+jwt', kid, ...header },
      payload: claims,
      sign: hs256(secret),
    });
  }

  /** The claims of a good quote token. */
  function quoteClaims(): Record<string, unknown> {
    const [, payload = ''] = signer.sign(quoteCall).split('.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  }

  const userToken = (claims: object = {}) =>
    users.issuer.token({ aud: ['product', 'order'], scope: 'order:read', ...claims });
  const noteCall = (accessToken: string) => ({ operation: readNote, target: '/internal/notes/7?full=1', accessToken });
  return {
    clock,
    edge,
    kid,
    store,
    signer,
    verifier,
    verifierOptions,
    verifierWith,
    users,
    arriving,
    outcome,
    forged,
    quoteClaims,
    userToken,
    noteCall,
  };
}
