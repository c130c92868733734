import { gateway } from '@auth/contracts';
import type { SessionSecret } from '@auth/keys/session-key';
import { sessionIdleSeconds, skewSeconds } from '@auth/verify/times';
import { documentOf } from '../folder.ts';
import { accessTokenLife, type KeyKind } from '../key-kind.ts';

/** The session keys, which seal and open stored sessions. Only the gateway holds them: no step can be half done. */
export function sessionKeys(make: () => Promise<SessionSecret>): KeyKind<SessionSecret> {
  return {
    name: 'sessions',
    use: `${gateway} seals`,
    place: `in ${gateway}.json`,
    next: {
      published: `when every ${gateway} has loaded it, run it again to seal with it`,
      switched: 'when every session that is still in use has been sealed again, run it again to remove the old key',
    },
    make,
    // Documents have the newest key first, and the planner has it last.
    read: (folder) => ({
      keys: [...(documentOf(folder, gateway).sessionKeys ?? [])].reverse(),
      halfRemoved: [],
      problem: undefined,
    }),
    documents: (folder, keys) => [{ ...documentOf(folder, gateway), sessionKeys: [...keys].reverse() }],
    // A replica without the key would end every session that another replica has sealed with it.
    beforeUse: (kid) => [{ service: gateway, kid, member: 'sessionKeys' }],
    beforeRemoval(kid, setting) {
      // A session is sealed again when its access token is replaced: its last use is at most that long ago. Then it may idle.
      const idle = setting(gateway, 'sessionIdleSeconds') ?? sessionIdleSeconds;
      const forSeconds = accessTokenLife(setting) + idle + skewSeconds;
      return [{ service: gateway, kid, member: 'sessionKeys', state: 'active', forSeconds }];
    },
  };
}
