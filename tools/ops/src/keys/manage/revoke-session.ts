import { gateway } from '@auth/contracts';
import type { SessionSecret } from '@auth/keys/session-key';
import type { Revocation } from './revocation.ts';
import { sealingWith, withKeys } from './rotate-sessions.ts';
import type { Folder } from './step.ts';
import { documentOf } from './step.ts';

/** Plans the end of a session key, and with it of every session that it has sealed. */
export async function revokeSessionKey(
  folder: Folder,
  kid: string,
  make: () => Promise<SessionSecret>,
): Promise<Revocation> {
  const document = documentOf(folder, gateway);
  const without = (keys: readonly SessionSecret[]) => keys.filter((key) => key.kid !== kid);
  const rest = without(document.sessionKeys ?? []);
  if (rest.some(({ state }) => state === 'active')) {
    return { stages: [{ writes: [withKeys(document, without)], mustLoad: [] }], successor: undefined };
  }
  const known = rest.find(({ state }) => state === 'pending');
  const successor = known ?? (await make());
  const published = known === undefined ? withKeys(document, (keys) => [successor, ...keys]) : document;
  const loaded = { service: gateway, kid: successor.kid, member: 'sessionKeys' };
  return {
    stages: [
      // A replica that does not have it would end the sessions that others seal with it.
      { writes: known === undefined ? [published] : [], mustLoad: [loaded] },
      {
        writes: [withKeys(published, (keys) => sealingWith(without(keys), successor))],
        mustLoad: [{ ...loaded, state: 'active' }],
      },
    ],
    successor: successor.kid,
  };
}
