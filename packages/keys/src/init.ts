import type { Edge } from '@auth/contracts';
import { edges, issuerService, services } from '@auth/contracts';
import type { EdgeKey } from '@auth/verify';
import { markedFor } from './development-keys.ts';
import { generateEdgeKey, generateSigningKey } from './generate.ts';
import type { KeyDocument } from './key-document.ts';
import { readDocuments, writeDocument } from './key-folder.ts';
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
export async function initKeyDocuments(options: { dir: string; issuer?: string | undefined }): Promise<InitResult> {
  const { dir } = options;
  const present = await readDocuments(dir, services);
  const issuer = options.issuer ?? present.get(issuerService)?.issuer.iss ?? 'http://127.0.0.1:4001';
  const signing = present.get(issuerService)?.signing ?? [markedFor(issuer, await generateSigningKey('active'))];
  const edgeKeys = new Map(
    edges().map((edge) => [nameOf(edge), presentKeys(present, edge) ?? firstKeys(edge, issuer)]),
  );
  const created: string[] = [];
  const updated: string[] = [];
  const files: Record<string, string> = {};
  // The issuer's document first: whoever verifies must never hold a key that its signer has lost.
  for (const service of [...services].sort((a, b) => Number(b === issuerService) - Number(a === issuerService))) {
    const before = present.get(service);
    const document = documentOf(service, { issuer, signing, edgeKeys, before });
    const { file, changed } = await writeDocument(dir, document, before);
    files[service] = file;
    if (changed) (before === undefined ? created : updated).push(service);
  }
  return { created, updated, files: files as InitResult['files'] };
}

interface Material {
  readonly issuer: string;
  readonly signing: readonly SigningJwk[];
  readonly edgeKeys: ReadonlyMap<string, EdgeKey[]>;
  readonly before: KeyDocument | undefined;
}

function documentOf(service: (typeof services)[number], { issuer, signing, edgeKeys, before }: Material): KeyDocument {
  const keysOf = (edge: Edge) => edgeKeys.get(nameOf(edge)) ?? [];
  const out = edges().filter(({ caller }) => caller === service);
  const into = edges().filter(({ callee }) => callee === service);
  const signs = service === issuerService;
  return {
    ...before,
    service,
    issuer: signs ? { iss: issuer } : { iss: issuer, jwks: { keys: signing.map(publicJwk) } },
    ...(signs ? { signing: [...signing] } : {}),
    calls: Object.fromEntries(out.map((edge) => [edge.callee, keysOf(edge)])),
    accepts: Object.fromEntries(into.map((edge) => [edge.caller, keysOf(edge)])),
  };
}

/** What either end holds; an interrupted run may have reached only one of them. */
function presentKeys(present: ReadonlyMap<string, KeyDocument>, { caller, callee }: Edge): EdgeKey[] | undefined {
  return present.get(callee)?.accepts[caller] ?? present.get(caller)?.calls[callee];
}

function firstKeys(edge: Edge, issuer: string): EdgeKey[] {
  return [markedFor(issuer, generateEdgeKey(`${nameOf(edge)}.1`, 'active'))];
}

function nameOf({ caller, callee }: Edge): string {
  return `${caller}.${callee}`;
}
