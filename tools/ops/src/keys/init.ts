import { type AppName, apps, gateway, issuerService } from '@auth/contracts';
import { markedFor } from '@auth/keys/development-keys';
import type { SigningJwk } from '@auth/keys/signing-key';
import { layOutFolders } from './document-place.ts';
import { generateSigningKey } from './generate.ts';
import type { Folder } from './manage/folder.ts';
import { withFolder } from './manage/folder-lock.ts';
import { type KeyStore, openKeyStore } from './manage/key-store.ts';
import { planInit } from './manage/plan-init.ts';

export interface InitResult {
  /** Services whose document was created. */
  readonly created: readonly string[];
  /** Services whose document was changed, for another issuer or a new edge. */
  readonly updated: readonly string[];
  readonly files: Readonly<Record<AppName, string>>;
}

/**
 * Writes one key document per service into a folder, each with only the keys that the service needs. Present keys stay;
 * only missing ones are made. Safe to run again, and safe to interrupt: each file is replaced in one step.
 *
 * `issuer` is the `iss` of access tokens, the URL of the user app; the present one unless given. Keys that are made for an
 * issuer of development are marked, and production rejects them (`assertProductionKeys`).
 *
 * `alg` is the algorithm of a signing key that is made here: RS256 unless given.
 *
 * @throws KeyDocumentError for a broken document in the folder
 */
export function initKeyDocuments(options: {
  dir: string;
  issuer?: string | undefined;
  /** Whether each service gets a folder of its own, for mounts; present documents are moved there. */
  folders?: boolean;
  alg?: SigningJwk['alg'] | undefined;
  now?: () => Date;
}): Promise<InitResult> {
  const store = openKeyStore(options.dir, { now: options.now ?? (() => new Date()) });
  return withFolder(options.dir, async () => {
    if (options.folders === true) await layOutFolders(options.dir, apps);
    return init(store, options);
  });
}

interface Wanted {
  readonly issuer?: string | undefined;
  readonly alg?: SigningJwk['alg'] | undefined;
}

async function init(store: KeyStore, { issuer: wantedIssuer, alg }: Wanted): Promise<InitResult> {
  const present = await store.read();
  const issuer = wantedIssuer ?? issuerOf(present);
  const nextKid = await store.kidMaker(issuer);
  const signing = present.get(issuerService)?.signing ?? [markedFor(issuer, await generateSigningKey('active', alg))];
  const sessionKeys = present.get(gateway)?.sessionKeys ?? [{ ...(await store.sessionKey(issuer)), state: 'active' }];
  const writes = planInit(present, { issuer, signing, sessionKeys, nextKid });
  const changed = await store.write(writes, 'keys init');
  const files = Object.fromEntries(writes.map(({ service }) => [service, store.fileOf(service)]));
  return {
    created: changed.filter((service) => !present.has(service)),
    updated: changed.filter((service) => present.has(service)),
    files: files as InitResult['files'],
  };
}

function issuerOf(present: Folder): string {
  return present.get(issuerService)?.issuer.iss ?? 'http://127.0.0.1:4001';
}
