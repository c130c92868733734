import { gateway } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import type { SessionSecret } from '@auth/keys/session-key';
import { sessionIdleSeconds, skewSeconds } from '@auth/verify/times';
import type { Gate } from './gate.ts';
import type { Folder, Step } from './step.ts';
import { documentOf } from './step.ts';
import { accessTokenLife } from './waiting-times.ts';

/**
 * The next step of the session key's rotation: publish a new key to every replica of the gateway, seal with it, remove the
 * old one when no session needs it. It is one document, so no step can be half done.
 */
export async function planSessionRotation(
  folder: Folder,
  { gate, generate }: { gate: Gate; generate: () => Promise<SessionSecret> },
): Promise<Step> {
  const document = documentOf(folder, gateway);
  return removal(document, gate) ?? switchOver(document, gate) ?? publication(document, await generate());
}

/** Whether a rotation is under way. */
export function isSessionRotating(folder: Folder): boolean {
  return (documentOf(folder, gateway).sessionKeys ?? []).some(({ state }) => state !== 'active');
}

function removal(document: KeyDocument, gate: Gate): Step | undefined {
  const { sessionKeys = [] } = document;
  const old = sessionKeys.filter(({ state }) => state === 'retiring');
  const active = sessionKeys.find(({ state }) => state === 'active');
  if (old.length === 0 || active === undefined) return undefined;
  // Its tokens are sealed anew when the access token is replaced; until then it was used, and from then on it may idle.
  const idle = gate.setting(gateway, 'sessionIdleSeconds') ?? sessionIdleSeconds;
  return {
    did: `removed ${old.map(({ kid }) => kid).join(', ')}`,
    writes: [withKeys(document, (keys) => keys.filter((key) => !old.includes(key)))],
    blockers: gate.blockers(gateway, {
      kid: active.kid,
      member: 'sessionKeys',
      state: 'active',
      forSeconds: accessTokenLife(gate) + idle + skewSeconds,
    }),
    next: 'the rotation is complete',
    last: true,
  };
}

function switchOver(document: KeyDocument, gate: Gate): Step | undefined {
  const fresh = document.sessionKeys?.find(({ state }) => state === 'pending');
  if (fresh === undefined) return undefined;
  return {
    did: `${gateway} seals with ${fresh.kid} from now on`,
    writes: [withKeys(document, (keys) => sealingWith(keys, fresh))],
    // A replica that does not have it would end every session that another one has sealed with it.
    blockers: gate.blockers(gateway, { kid: fresh.kid, member: 'sessionKeys' }),
    next: 'when every session that is still in use has been sealed anew, run it again to remove the old key',
    last: false,
  };
}

/** A key that nothing is sealed with yet breaks nobody. */
function publication(document: KeyDocument, fresh: SessionSecret): Step {
  return {
    did: `published ${fresh.kid}`,
    writes: [withKeys(document, (keys) => [fresh, ...keys])],
    blockers: [],
    next: `when every ${gateway} has loaded it, run it again to seal with it`,
    last: false,
  };
}

/** The gateway's document with other session keys. */
export function withKeys(
  document: KeyDocument,
  change: (keys: readonly SessionSecret[]) => SessionSecret[],
): KeyDocument {
  return { ...document, sessionKeys: change(document.sessionKeys ?? []) };
}

/** The keys with another one in use. */
export function sealingWith(keys: readonly SessionSecret[], active: Pick<SessionSecret, 'kid'>): SessionSecret[] {
  return keys.map((key) => ({ ...key, state: key.kid === active.kid ? 'active' : 'retiring' }));
}
