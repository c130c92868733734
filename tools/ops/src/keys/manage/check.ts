import type { Stats } from 'node:fs';
import { apps, edges, issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { publicJwk } from '@auth/keys/signing-key';
import { operationsOf } from './edges.ts';
import type { Folder } from './folder.ts';
import { type EdgeName, edgesOf } from './kinds/edge-ends.ts';

/** A fault in a document or between documents: which one, and what. Holds no secret. */
export interface Finding {
  readonly document: string;
  readonly problem: string;
}

/** Checks valid documents against each other and against the contracts. */
export function checkFolder(folder: Folder): readonly Finding[] {
  return [
    ...missingDocuments(folder),
    ...edgesOf(folder).flatMap((edge) => checkEdge(folder, edge)),
    ...edges().flatMap((edge) => (holds(folder, edge) ? [] : [withoutKeys(edge)])),
    ...repeatedSecrets(folder),
    ...[...folder.values()].flatMap((document) => checkIssuer(document, folder.get(issuerService))),
  ];
}

/** Checks that only its owner may read the file of a document. */
export function checkMode(service: string, { mode }: Pick<Stats, 'mode'>): readonly Finding[] {
  if ((mode & 0o077) === 0) return [];
  return [{ document: service, problem: `other users may read it (mode ${(mode & 0o777).toString(8)}): chmod 600` }];
}

function missingDocuments(folder: Folder): Finding[] {
  return apps
    .filter((service) => !folder.has(service))
    .map((service) => ({ document: service, problem: 'is missing: run pnpm keys init' }));
}

function withoutKeys({ caller, callee }: EdgeName): Finding {
  const listed = operationsOf({ caller, callee }).join(', ');
  const problem = `has no key to call ${callee} with, though ${listed} lists it: pnpm keys allow ${caller} ${callee}`;
  return { document: caller, problem };
}

function holds(folder: Folder, { caller, callee }: EdgeName): boolean {
  const [from, to] = [folder.get(caller), folder.get(callee)];
  // A missing document is reported once.
  if (from === undefined || to === undefined) return true;
  return from.calls[callee] !== undefined || to.accepts[caller] !== undefined;
}

function checkEdge(folder: Folder, edge: EdgeName): Finding[] {
  const { caller, callee } = edge;
  const findings: Finding[] = [];
  const say = (document: string, problem: string) => findings.push({ document, problem });
  if (operationsOf(edge).length === 0) {
    const holder = folder.get(caller)?.calls[callee] === undefined ? callee : caller;
    say(
      holder,
      `has keys for calls from ${caller} to ${callee}, but no operation lists them: pnpm keys forbid ${caller} ${callee}`,
    );
  }
  const calls = folder.get(caller)?.calls[callee] ?? [];
  const accepts = folder.get(callee)?.accepts[caller] ?? [];
  for (const key of calls) {
    const other = accepts.find(({ kid }) => kid === key.kid);
    if (other === undefined) say(caller, `calls.${callee} holds ${key.kid}, which ${callee} does not accept`);
    else if (other.secret !== key.secret) say(caller, `${key.kid} is another key than in ${callee}.json`);
    else if (other.state !== key.state) {
      say(
        caller,
        `${key.kid} is ${key.state} here and ${other.state} in ${callee}.json: an interrupted rotation, go on with it`,
      );
    }
  }
  for (const { kid } of accepts) {
    if (!calls.some((key) => key.kid === kid))
      say(callee, `accepts.${caller} holds ${kid}, which ${caller} does not have`);
  }
  return findings;
}

/** Finds secrets with two purposes: with one secret on two edges a callee could sign as another caller. */
function repeatedSecrets(folder: Folder): Finding[] {
  const owners = new Map<string, { purpose: string; document: string; member: string }>();
  const findings: Finding[] = [];
  for (const { document, member, purpose, secret } of [...folder.values()].flatMap(secretsOf)) {
    const owner = owners.get(secret);
    if (owner === undefined) owners.set(secret, { purpose, document, member });
    else if (owner.purpose !== purpose) {
      findings.push({ document, problem: `${member} is the same secret as ${owner.member} in ${owner.document}.json` });
    }
  }
  return findings;
}

function secretsOf({ service, calls, accepts, auditKey, sessionKeys = [] }: KeyDocument) {
  const named = (member: string, purpose: string, secret: string) => ({ document: service, member, purpose, secret });
  return [
    ...Object.entries(calls).flatMap(([callee, keys]) =>
      keys.map((key, index) => named(`calls.${callee}[${index}].secret`, `${service} to ${callee}`, key.secret)),
    ),
    ...Object.entries(accepts).flatMap(([caller, keys]) =>
      keys.map((key, index) => named(`accepts.${caller}[${index}].secret`, `${caller} to ${service}`, key.secret)),
    ),
    ...(auditKey === undefined ? [] : [named('auditKey', `audit of ${service}`, auditKey)]),
    ...sessionKeys.map((key, index) =>
      named(`sessionKeys[${index}].secret`, `session key ${index} of ${service}`, key.secret),
    ),
  ];
}

function checkIssuer(document: KeyDocument, issuer: KeyDocument | undefined): Finding[] {
  if (issuer === undefined || document === issuer) return [];
  const findings: Finding[] = [];
  const say = (problem: string) => findings.push({ document: document.service, problem });
  if (document.issuer.iss !== issuer.issuer.iss) say(`issuer.iss is not the one of ${issuerService}.json`);
  const here = JSON.stringify(document.issuer.jwks?.keys);
  const there = JSON.stringify(issuer.signing?.map(publicJwk));
  if (here !== undefined && here !== there) {
    say(`issuer.jwks is not what ${issuerService} publishes: run pnpm keys init, or go on with the rotation`);
  }
  return findings;
}
