import type { Edge } from '@auth/contracts';
import { edges, issuerService, services } from '@auth/contracts';
import type { EdgeKey } from '@auth/verify';
import { markedFor } from './development-keys.ts';
import { generateEdgeKey, generateSecret, generateSigningKey } from './generate.ts';
import type { KeyDocument } from './key-document.ts';
import { withFolder } from './manage/folder-lock.ts';
import type { KeyStore } from './manage/key-store.ts';
import { openKeyStore } from './manage/key-store.ts';
import type { Folder } from './manage/step.ts';
import type { SigningJwk } from './signing-key.ts';
import { publicJwk } from './signing-key.ts';

export interface InitResult {
  /** Services whose document was made. */
  readonly created: readonly string[];
  /** Services whose document was there and had to change: another issuer, a new edge. */
  readonly updated: readonly string[];
  readonly files: Readonly<Record<(typeof services)[number], string>>;
}

/**
 * Writes one key document per service into a folder, each with only what that service needs. Keys that are there stay;
 * only what is missing is made. Safe to run again, and safe to interrupt: each file is replaced in one step.
 *
 * `issuer` is the `iss` of access tokens, the URL of the user app; without it the one that is there stays. Keys that are
 * made for an issuer of development are marked as such, and production refuses them (`assertProductionKeys`).
 *
 * @throws KeyDocumentError for a document that is there and broken
 */
export function initKeyDocuments(options: {
  dir: string;
  issuer?: string | undefined;
  now?: () => Date;
}): Promise<InitResult> {
  const store = openKeyStore(options.dir, { now: options.now ?? (() => new Date()) });
  return withFolder(options.dir, () => init(store, options.issuer));
}

async function init(store: KeyStore, wantedIssuer: string | undefined): Promise<InitResult> {
  const present = await store.read();
  const issuer = wantedIssuer ?? present.get(issuerService)?.issuer.iss ?? 'http://127.0.0.1:4001';
  const signing = present.get(issuerService)?.signing ?? [markedFor(issuer, await generateSigningKey('active'))];
  const nextKid = await store.kidMaker(issuer);
  const edgeKeys = new Map(
    edges().map((edge) => [nameOf(edge), presentKeys(present, edge) ?? [generateEdgeKey(nextKid(edge), 'active')]]),
  );
  const wanted = [...new Set([...services, ...present.keys()])].map((service) =>
    documentOf(service, { issuer, signing, edgeKeys, before: present.get(service) }),
  );
  // The issuer's document first: whoever verifies must never hold a key that its signer has lost.
  wanted.sort((a, b) => Number(b.service === issuerService) - Number(a.service === issuerService));
  const changed = await store.write(wanted, 'keys init');
  const files = Object.fromEntries(wanted.map(({ service }) => [service, store.fileOf(service)]));
  return {
    created: changed.filter((service) => !present.has(service)),
    updated: changed.filter((service) => present.has(service)),
    files: files as InitResult['files'],
  };
}

interface Material {
  readonly issuer: string;
  readonly signing: readonly SigningJwk[];
  readonly edgeKeys: ReadonlyMap<string, EdgeKey[]>;
  readonly before: KeyDocument | undefined;
}

function documentOf(service: string, { issuer, signing, edgeKeys, before }: Material): KeyDocument {
  const keysOf = (edge: Edge) => edgeKeys.get(nameOf(edge)) ?? [];
  const out = edges().filter(({ caller }) => caller === service);
  const into = edges().filter(({ callee }) => callee === service);
  const signs = service === issuerService;
  return {
    ...before,
    service,
    issuer: signs ? { iss: issuer } : { iss: issuer, jwks: { keys: signing.map(publicJwk) } },
    ...(signs ? { signing: [...signing] } : {}),
    // An edge that the contracts do not draw stays as it is: `keys check` tells of it.
    calls: { ...before?.calls, ...Object.fromEntries(out.map((edge) => [edge.callee, keysOf(edge)])) },
    accepts: { ...before?.accepts, ...Object.fromEntries(into.map((edge) => [edge.caller, keysOf(edge)])) },
    auditKey: before?.auditKey ?? generateSecret(),
  };
}

/** What either end holds; an interrupted run may have reached only one of them. */
function presentKeys(present: Folder, { caller, callee }: Edge): EdgeKey[] | undefined {
  return present.get(callee)?.accepts[caller] ?? present.get(caller)?.calls[callee];
}

function nameOf({ caller, callee }: Edge): string {
  return `${caller}.${callee}`;
}
