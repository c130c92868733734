import { gateway } from '@auth/contracts';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { operationsOf } from './edges.ts';
import { documentOf, type Folder } from './folder.ts';

/** One thing that keys may allow, and where the holder can do it: nowhere means not at all. */
export interface Power {
  readonly what: string;
  readonly where: readonly string[];
}

/** What an attacker with the whole document of a service could do, and the keys to revoke then. */
export interface BlastRadius {
  readonly service: string;
  readonly powers: readonly Power[];
  /** Ids of the keys in the document that are secret. */
  readonly revoke: readonly string[];
}

/** Returns what the holder of a service's document could do. @throws KeyCommandError when there is no such document */
export function blastRadius(folder: Folder, service: string): BlastRadius {
  const document = documentOf(folder, service);
  const { calls, accepts, signing, auditKey, sessionKeys } = document;
  const here = (secret: unknown) => (secret === undefined ? [] : [service]);
  const audiences = [...folder.keys()].filter((name) => name !== gateway);
  const powers: readonly Power[] = [
    {
      what: `call other services as ${service}`,
      where: Object.keys(calls).flatMap((callee) => operationsOf({ caller: service, callee })),
    },
    { what: 'make access tokens for any user', where: signing === undefined ? [] : audiences.sort() },
    // The secret of an edge signs and verifies, but only its callee accepts it.
    { what: `forge calls that only ${service} itself believes, in the name of others`, where: Object.keys(accepts) },
    { what: 'link the user hashes of audit lines to users', where: here(auditKey) },
    { what: 'read stored sessions', where: here(sessionKeys) },
  ];
  const secret = loadedKeys(document).filter(({ member }) => member !== 'issuer.jwks');
  return { service, powers, revoke: secret.map(({ kid }) => kid) };
}

/** Formats the blast radius: one line for each power, held or not. */
export function inWords({ service, powers, revoke }: BlastRadius): readonly string[] {
  return [
    `The holder of ${service}.json`,
    ...powers.map(({ what, where }) =>
      where.length === 0 ? `  cannot ${what}` : `  can    ${what}: ${where.join(', ')}`,
    ),
    `and can, as every service can, use an access token that a user sends to ${service} wherever it is good, until it expires.`,
    revoke.length === 0 ? 'There is nothing in it to revoke.' : 'If it is in wrong hands:',
    ...revoke.map((kid) => `  pnpm keys revoke ${kid}`),
  ];
}
