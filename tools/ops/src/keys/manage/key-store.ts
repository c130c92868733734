import { issuerService } from '@auth/contracts';
import { markedFor } from '@auth/keys/development-keys';
import type { KeyDocument } from '@auth/keys/key-document';
import { loadedKeys } from '@auth/keys/loaded-keys';
import type { SessionSecret } from '@auth/keys/session-key';
import { documentFile, servicesIn } from '../document-place.ts';
import { generateEdgeKey, generateSigningKey } from '../generate.ts';
import { readDocuments, textOf, writeDocument } from '../key-folder.ts';
import type { Folder } from './folder.ts';
import { appendHistory, readHistory } from './history.ts';
import type { NextKid } from './kinds/edge-ends.ts';
import type { KeyMakers } from './rotations.ts';

/** The documents of a folder, and their history. */
export interface KeyStore extends KeyMakers {
  readonly dir: string;
  fileOf(service: string): string;
  /** @throws KeyDocumentError when one of them is broken */
  read(): Promise<Folder>;
  /**
   * Writes documents in this order, each in one step; a service may be there twice. A document that stays the same is not
   * written, and none is when one of them would not load. Returns the services whose documents changed.
   */
  write(documents: readonly KeyDocument[], by: string): Promise<readonly string[]>;
  /** Makes ids for new keys of edges: `order.product.2` after `order.product.1`, and none that was used before. */
  kidMaker(issuer?: string): Promise<NextKid>;
  /** Makes a new session key: `session.2` after `session.1`. `issuer` is for a folder that has none yet. */
  sessionKey(issuer?: string): Promise<SessionSecret>;
}

/** Opens a folder of key documents; it may be empty. */
export function openKeyStore(dir: string, { now }: { now: () => Date }): KeyStore {
  const read = async () => readDocuments(dir, await servicesIn(dir));

  /** Returns every id that is or was in use, and a function that marks new ones. */
  async function kidsOf(issuer: string | undefined) {
    const folder = await read();
    const present = [...folder.values()].flatMap((document) => loadedKeys(document));
    const iss = issuer ?? folder.get(issuerService)?.issuer.iss ?? '';
    return {
      used: [...present, ...(await readHistory(dir))].map(({ kid }) => kid),
      mark: (kid: string) => markedFor(iss, { kid }).kid,
    };
  }

  async function kidMaker(issuer?: string): Promise<NextKid> {
    const { used, mark } = await kidsOf(issuer);
    return ({ caller, callee }) => mark(nextOf(used, `${caller}.${callee}.`));
  }

  return {
    dir,
    fileOf: (service) => documentFile(dir, service),
    read,
    async write(documents, by) {
      const folder = new Map(await read());
      const changes = documents.flatMap((after) => {
        const before = folder.get(after.service);
        folder.set(after.service, after);
        return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ before, after }];
      });
      for (const { after } of changes) textOf(dir, after);
      await appendHistory(dir, changes, { by, now });
      for (const { after } of changes) await writeDocument(dir, after);
      return [...new Set(changes.map(({ after }) => after.service))];
    },
    kidMaker,
    edgeKey: async (edge) => generateEdgeKey((await kidMaker())(edge), 'pending'),
    signingKey: async (alg) => {
      const { issuer, signing = [] } = (await read()).get(issuerService) ?? {};
      const current = signing.find(({ state }) => state === 'active')?.alg;
      return markedFor(issuer?.iss ?? '', await generateSigningKey('pending', alg ?? current));
    },
    async sessionKey(issuer) {
      const { used, mark } = await kidsOf(issuer);
      return generateEdgeKey(mark(nextOf(used, 'session.')), 'pending');
    },
  };
}

/** Makes the next id with a prefix. */
function nextOf(used: readonly string[], prefix: string): string {
  return `${prefix}${Math.max(0, ...used.map((kid) => numberOf(kid, prefix))) + 1}`;
}

/** Returns the number in the id of a key, such as 2 in `order.product.2.dev`; 0 without one. */
function numberOf(kid: string, prefix: string): number {
  if (!kid.startsWith(prefix)) return 0;
  return Number(/^\d{1,9}(?=\.|$)/.exec(kid.slice(prefix.length))?.[0] ?? 0);
}
