import type { Report } from './replicas.ts';

const hints: Readonly<Record<string, string>> = {
  text: 'its keys are in AUTH_KEYS, which is read once: give it the new document and restart it',
  single_file_mount: 'its document is mounted as a single file: restart it, and mount the folder instead',
  replaced: 'its document was replaced under a mount of a single file: restart it, and mount the folder instead',
  refused: 'it has refused the document that it found: its log says why',
  unreachable: 'it cannot look at its document: its file system does not answer',
};

/** Explains why a change has not reached a replica, as far as the replica knows. */
export function arrivalHint(report: Report, member: string | undefined): string | undefined {
  if (member === 'issuer.jwks' && report.jwksFreshSeconds !== undefined) {
    return `it fetches the keys of the issuer again within ${report.jwksFreshSeconds} s`;
  }
  return hints[report.keyDocument ?? ''];
}
