import { issuerService } from '@auth/contracts';
import type { EdgeKey } from '@auth/verify';
import { generateEdgeKey } from '../generate.ts';
import type { KeyDocument } from '../key-document.ts';
import type { SigningJwk } from '../signing-key.ts';
import { publicJwk } from '../signing-key.ts';
import type { EdgeName } from './edge-ends.ts';
import { edgesOf, readEnds, withAccepts, withCalls } from './edge-ends.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { NextKid } from './rotate-edge.ts';
import { published } from './rotate-signing.ts';
import type { Folder } from './step.ts';
import { documentOf } from './step.ts';

/** The order in which a key goes at once, so that nothing but what used it fails. */
export interface Revocation {
  /** Written first: from then on nobody accepts the key, and its successor is known. */
  readonly shut: readonly KeyDocument[];
  /** Written when those have been loaded: whoever signed with the key goes over to its successor. */
  readonly handOver: readonly KeyDocument[];
  /** The key that takes its place, if it was the one in use. */
  readonly successor: string | undefined;
  /** Those that must have loaded `shut` before `handOver` is written, and the key by which it is known. */
  readonly mustLoad: readonly { readonly service: string; readonly kid: string; readonly member: string }[];
}

/**
 * Plans the end of a key that is in wrong hands: no gate, no waiting for what was signed with it. Planned again after an
 * interruption it goes on with the same successor.
 *
 * @throws KeyCommandError when no document holds the key
 */
export async function planRevocation(
  folder: Folder,
  kid: string,
  make: { readonly nextKid: NextKid; readonly signingKey: () => Promise<SigningJwk> },
): Promise<Revocation> {
  const issuer = folder.get(issuerService);
  if (issuer?.signing?.some((key) => key.kid === kid)) return revokeSigning(folder, issuer, kid, make.signingKey);
  const edge = edgesOf(folder).find((name) => readEnds(folder, name).keys.some((key) => key.kid === kid));
  if (edge !== undefined) return revokeEdge(folder, edge, kid, make.nextKid);
  throw new KeyCommandError(`no document holds a key ${kid}: pnpm keys status shows those that there are`);
}

function revokeEdge(folder: Folder, edge: EdgeName, kid: string, nextKid: NextKid): Revocation {
  const ends = readEnds(folder, edge);
  const rest = ends.keys.filter((key) => key.kid !== kid);
  // A key that the callee has already comes first: it may be loaded everywhere.
  const known = rest.find(({ state }) => state === 'active') ?? rest.find(({ state }) => state === 'pending');
  const successor: EdgeKey = { ...(known ?? generateEdgeKey(nextKid(edge), 'active')), state: 'active' };
  const keys = [successor, ...rest.filter((key) => key.kid !== successor.kid && key.state === 'retiring')];
  return {
    shut: [withAccepts(documentOf(folder, edge.callee), edge.caller, keys)],
    handOver: [withCalls(documentOf(folder, edge.caller), edge.callee, keys)],
    successor: known?.state === 'active' && known.atCaller === 'active' ? undefined : successor.kid,
    mustLoad: [{ service: edge.callee, kid: successor.kid, member: `accepts.${edge.caller}` }],
  };
}

async function revokeSigning(
  folder: Folder,
  issuer: KeyDocument,
  kid: string,
  make: () => Promise<SigningJwk>,
): Promise<Revocation> {
  const { signing = [] } = issuer;
  const rest = signing.filter((key) => key.kid !== kid);
  const active = rest.find(({ state }) => state === 'active');
  const next = active ?? rest.find(({ state }) => state === 'next') ?? (await make());
  const others = rest.filter((key) => key.kid !== next.kid);
  const after: KeyDocument = { ...issuer, signing: [...others, { ...next, state: 'active' }] };
  const verifiers = published(folder, after);
  // While the revoked key is the one that signs, the issuer keeps it until everybody knows its successor.
  const between: KeyDocument = { ...issuer, signing: [...signing.filter((key) => key.kid !== next.kid), next] };
  return {
    shut: active === undefined ? [between, ...verifiers] : [after, ...verifiers],
    handOver: active === undefined ? [after] : [],
    successor: active === undefined ? next.kid : undefined,
    mustLoad: verifiers.map(({ service }) => ({ service, kid: publicJwk(next).kid, member: 'issuer.jwks' })),
  };
}
