import { developmentIssuer, findMarkedKid } from './development-keys.ts';
import type { KeyDocument } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';

/**
 * Refuses a document that was made for development: its issuer is reached over plain http, or only from the machine that
 * it runs on, or it holds a key whose `kid` is marked. Does not know a key whose `kid` somebody has rewritten.
 *
 * @param source where it came from, for the error
 * @throws KeyDocumentError
 */
export function assertProductionKeys(document: KeyDocument, source: string): void {
  const problem = issuerProblem(document.issuer.iss) ?? kidProblem(document);
  if (problem === undefined) return;
  throw new KeyDocumentError(
    source,
    `${problem}: NODE_ENV=production refuses development keys. ` +
      'Set AUTH_KEYS_FILE (or AUTH_KEYS) to a document made with: pnpm keys init --dir <new folder> --issuer https://<host>',
  );
}

function issuerProblem(issuer: string): string | undefined {
  const problem = developmentIssuer(issuer);
  return problem === undefined ? undefined : `issuer.iss is ${issuer}, which ${problem}`;
}

function kidProblem(document: KeyDocument): string | undefined {
  const member = findMarkedKid(document);
  return member === undefined ? undefined : `${member} ends in .dev, the mark of a key made for development`;
}
