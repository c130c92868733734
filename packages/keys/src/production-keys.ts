import type { ServiceKeys } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';

/**
 * Refuses a document that was made for development: its issuer is reached over plain http, or only from the machine that
 * it runs on. Does not know keys that were given another issuer later: make a folder of its own for production.
 *
 * @param source where it came from, for the error
 * @throws KeyDocumentError
 */
export function assertProductionKeys({ issuer }: Pick<ServiceKeys, 'issuer'>, source: string): void {
  const { protocol, hostname } = new URL(issuer);
  const problem = isLoopback(hostname) ? 'names this machine' : protocol !== 'https:' ? 'is not https' : undefined;
  if (problem === undefined) return;
  throw new KeyDocumentError(
    source,
    `issuer.iss is ${issuer}, which ${problem}: NODE_ENV=production refuses development keys. ` +
      'Set AUTH_KEYS_FILE (or AUTH_KEYS) to a document made with: pnpm keys init --dir <new folder> --issuer https://<host>',
  );
}

/** A parsed URL has one spelling for each IPv4 address. */
function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}$|0\.0\.0\.0$|\[::1?\]$|\[::ffff:7f|(?:.+\.)?localhost\.?$)/.test(hostname);
}
