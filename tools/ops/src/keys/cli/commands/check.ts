import { stat } from 'node:fs/promises';
import type { KeyDocument } from '@auth/keys/key-document';
import { KeyDocumentError } from '@auth/keys/key-document-error';
import { servicesIn } from '../../document-place.ts';
import { readDocuments } from '../../key-folder.ts';
import { checkFolder, checkMode, type Finding } from '../../manage/check.ts';
import type { Command } from '../context.ts';

/** `pnpm keys check` */
export const check: Command = async (_words, { store }) => {
  const services = await servicesIn(store.dir);
  const findings: Finding[] = [];
  const good = new Map<string, KeyDocument>();
  for (const service of services) {
    try {
      findings.push(...checkMode(service, await stat(store.fileOf(service))));
      for (const [name, document] of await readDocuments(store.dir, [service])) good.set(name, document);
    } catch (error) {
      if (!(error instanceof KeyDocumentError)) throw error;
      findings.push({ document: service, problem: error.message });
    }
  }
  // Documents are compared with each other only when each is valid by itself.
  if (good.size === services.length) findings.push(...checkFolder(good));
  if (findings.length === 0) {
    const fine = `${services.length} documents in ${store.dir} are good, fit each other and fit the contracts`;
    return { lines: [fine], json: { findings } };
  }
  return { lines: findings.map(({ document, problem }) => `${document}: ${problem}`), json: { findings }, exitCode: 1 };
};
