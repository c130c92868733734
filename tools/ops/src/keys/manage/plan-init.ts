import { apps, type Edge, edges, gateway, issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import type { SessionSecret } from '@auth/keys/session-key';
import { publicJwk, type SigningJwk } from '@auth/keys/signing-key';
import type { EdgeKey } from '@auth/verify';
import { generateEdgeKey, generateSecret } from '../generate.ts';
import type { Folder } from './folder.ts';
import type { NextKid } from './kinds/edge-ends.ts';

export interface InitMaterial {
  readonly issuer: string;
  /** The signing keys of the issuer. */
  readonly signing: readonly SigningJwk[];
  /** The session keys of the gateway. */
  readonly sessionKeys: readonly SessionSecret[];
  readonly nextKid: NextKid;
}

/** Plans the documents of a complete folder in the order in which they are written; each is there three times. */
export function planInit(present: Folder, material: InitMaterial): readonly KeyDocument[] {
  const { nextKid, ...common } = material;
  const edgeKeys = new Map(
    edges().map((edge) => [nameOf(edge), presentKeys(present, edge) ?? [generateEdgeKey(nextKid(edge), 'active')]]),
  );
  const wanted = [...new Set([...apps, ...present.keys()])].map((service) =>
    documentOf(service, { ...common, edgeKeys, before: present.get(service) }),
  );
  // The issuer's document first: no verifier must hold a key that the issuer has lost.
  wanted.sort((a, b) => Number(b.service === issuerService) - Number(a.service === issuerService));
  // `accepts` before `calls`: a callee must know a key before its caller signs with it.
  const shut = new Map([...present.values()].map((document) => [document.service, withoutShut(present, document)]));
  const accepting = wanted.map((document) => ({ ...document, calls: shut.get(document.service)?.calls ?? {} }));
  return [...shut.values(), ...accepting, ...wanted];
}

interface Material extends Omit<InitMaterial, 'nextKid'> {
  readonly edgeKeys: ReadonlyMap<string, readonly EdgeKey[]>;
  readonly before: KeyDocument | undefined;
}

function documentOf(service: string, material: Material): KeyDocument {
  const { issuer, signing, sessionKeys, edgeKeys, before } = material;
  const keysOf = (edge: Edge) => [...(edgeKeys.get(nameOf(edge)) ?? [])];
  const out = edges().filter(({ caller }) => caller === service);
  const into = edges().filter(({ callee }) => callee === service);
  const signs = service === issuerService;
  return {
    ...before,
    service,
    issuer: signs ? { iss: issuer } : { iss: issuer, jwks: { keys: signing.map(publicJwk) } },
    ...(signs ? { signing: [...signing] } : {}),
    // An edge that is not in the contracts stays: `keys check` reports it.
    calls: { ...before?.calls, ...Object.fromEntries(out.map((edge) => [edge.callee, keysOf(edge)])) },
    accepts: { ...before?.accepts, ...Object.fromEntries(into.map((edge) => [edge.caller, keysOf(edge)])) },
    auditKey: before?.auditKey ?? generateSecret(),
    ...(service === gateway ? { sessionKeys: [...sessionKeys] } : {}),
  };
}

/**
 * Returns the present keys of an edge: those of the callee, where new keys are written first, without retiring keys that
 * the caller has lost. When the callee has no document, those of the caller.
 */
function presentKeys(present: Folder, { caller, callee }: Edge): readonly EdgeKey[] | undefined {
  const here = present.get(caller)?.calls[callee];
  if (!present.has(callee)) return here;
  const there = present.get(callee)?.accepts[caller];
  if (here === undefined) return there;
  return there?.filter(({ kid, state }) => state !== 'retiring' || here.some((key) => key.kid === kid));
}

/** Removes the keys whose callee has none for this caller: an interrupted forbid is completed first. */
function withoutShut(present: Folder, document: KeyDocument): KeyDocument {
  const isShut = (callee: string) =>
    present.has(callee) && present.get(callee)?.accepts[document.service] === undefined;
  return {
    ...document,
    calls: Object.fromEntries(Object.entries(document.calls).filter(([callee]) => !isShut(callee))),
  };
}

function nameOf({ caller, callee }: Edge): string {
  return `${caller}.${callee}`;
}
