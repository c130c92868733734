import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { PublicKey } from '../src/public-keys.ts';
import { goodClaims, otherKey as other, privateKey } from './access-tokens.ts';
import { es256, forge, ps256, rs256 } from './forge.ts';
import { startOfTests } from './test-clock.ts';

/** Random choices that a seed repeats. */
export interface Chance {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  pick<T>(values: readonly T[]): T;
}

export const kids = ['a', 'b', 'c'] as const;
export const sessions = ['session-1', 'session-2', 'session-3', 'session-4'] as const;
/** The signer that each key id begins with, and has most of the time. */
export const usualSigners = [0, 1, 3] as const;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
/** One key has two algorithms. */
const signers = [
  { alg: 'RS256', key: privateKey, sign: rs256(privateKey) },
  { alg: 'RS256', key: other, sign: rs256(other) },
  { alg: 'PS256', key: privateKey, sign: ps256(privateKey) },
  { alg: 'ES256', key: curve, sign: es256(curve) },
] as const;
export const signerCount = signers.length;
/** Of each signer's public key two objects, as when a key set is read again. */
const publicKeys = signers.map(({ key }) => [createPublicKey(key), createPublicKey(key)]);

/** A key in force under a key id: one object of the signer's public key or the other. */
export function entryOf(kid: string, signer: number, chance: Chance): PublicKey {
  const { alg } = signers[signer] ?? signers[0];
  const [key = createPublicKey(signers[0].key), twin = key] = publicKeys[signer] ?? [];
  return { kid, alg, key: chance.below(3) === 0 ? twin : key };
}

/** Makes tokens of which most are good at some time under the usual keys, and the others are wrong in one way. */
export function makeTokens(chance: Chance, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const place = chance.below(kids.length);
    const usual = usualSigners[place] ?? 0;
    const { alg, sign } = signers[chance.below(10) === 0 ? chance.below(signerCount) : usual] ?? signers[0];
    const header = { alg, typ: 'at+jwt', kid: kids[place] };
    return forge({ header, payload: { ...timely(chance, index), ...wrong(chance) }, sign });
  });
}

function timely(chance: Chance, index: number): object {
  const iat = startOfTests + chance.below(400) - 300;
  const exp = iat + chance.pick([120, 600, 600, 3600]);
  const nbf = chance.below(2) === 0 ? { nbf: iat + chance.below(200) - 100 } : {};
  const jti = String(index).padStart(22, '0');
  const roles = chance.pick([[], ['customer'], ['customer', 'admin']]);
  return { ...goodClaims, iat, exp, ...nbf, jti, roles, sid: chance.pick(sessions), auth_time: iat };
}

/** Most have nothing wrong with them. */
function wrong(chance: Chance): object {
  const faults = [{ aud: ['user'] }, { iss: 'https://other.example' }, { sub: 5 }, { exp: startOfTests + 5000 }];
  return chance.below(8) === 0 ? chance.pick(faults) : {};
}

/** Creates the choices of a seed (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
  };
}
