import { createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import type { PublicKey } from '../src/public-keys.ts';
import { goodClaims, otherKey as other, privateKey } from './access-tokens.ts';
import type { Chance } from './chance.ts';
import { es256, forge, ps256, rs256 } from './forge.ts';
import { issuerKinds, issuers } from './remembering-issuers.ts';
import { startOfTests } from './test-clock.ts';

export const kids = ['a', 'b', 'c'] as const;
export const sessions = ['session-1', 'session-2', 'session-3', 'session-4'] as const;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const [edwards, edwards2] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];
/** One key has two algorithms. */
const signers = [
  { alg: 'RS256', key: privateKey, sign: rs256(privateKey) },
  { alg: 'RS256', key: other, sign: rs256(other) },
  { alg: 'PS256', key: privateKey, sign: ps256(privateKey) },
  { alg: 'ES256', key: curve, sign: es256(curve) },
  { alg: 'EdDSA', key: edwards, sign: (input: string) => signBytes(null, Buffer.from(input), edwards) },
  { alg: 'EdDSA', key: edwards2, sign: (input: string) => signBytes(null, Buffer.from(input), edwards2) },
] as const;
export const signerCount = signers.length;
/** Of each signer's public key two objects, as when a key set is read again. */
const publicKeys = signers.map(({ key }) => [createPublicKey(key), createPublicKey(key)]);

/** The signer that a key id of an issuer has most of the time. Issuers give the same ids to keys of each other. */
export function usualSigner(kind: number, issuer: number, place: number): number {
  const list = issuerKinds[kind]?.signers ?? [];
  return list[(place + issuer) % list.length] ?? 0;
}

/** A key in force under a key id: one object of the signer's public key or the other. */
export function entryOf(kid: string, signer: number, chance: Chance): PublicKey {
  const { alg } = signers[signer] ?? signers[0];
  const [key = createPublicKey(signers[0].key), twin = key] = publicKeys[signer] ?? [];
  return { kid, alg, key: chance.below(3) === 0 ? twin : key };
}

/** Makes tokens of an issuer, most of them good at some time under its usual keys, and the others wrong in one way. */
export function makeTokens(chance: Chance, count: number, kind: number, issuer: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const place = chance.below(kids.length);
    const signer = chance.below(10) === 0 ? chance.below(signerCount) : usualSigner(kind, issuer, place);
    const { alg, sign } = signers[signer] ?? signers[0];
    const typ = chance.below(12) === 0 ? chance.pick(['JWT', undefined]) : 'at+jwt';
    const claims = { ...timely(chance, index, issuer), ...wrong(chance) };
    const payload = issuerKinds[kind]?.claimsOf(claims, chance) ?? claims;
    return forge({ header: { alg, typ, kid: kids[place] }, payload, sign });
  });
}

function timely(chance: Chance, index: number, issuer: number): object {
  const iat = startOfTests + chance.below(400) - 300;
  const exp = iat + chance.pick([120, 600, 600, 3600]);
  const nbf = chance.below(2) === 0 ? { nbf: iat + chance.below(200) - 100 } : {};
  const jti = String(index).padStart(22, '0');
  const roles = chance.pick([[], ['customer'], ['customer', 'admin']]);
  const { name: iss, audience } = issuers[issuer] ?? issuers[0];
  const aud = chance.pick([[audience], [audience, 'product']]);
  return { ...goodClaims, iss, aud, iat, exp, ...nbf, jti, roles, sid: chance.pick(sessions), auth_time: iat };
}

/** Most have nothing wrong with them. */
function wrong(chance: Chance): object {
  const faults = [
    { aud: ['user'] },
    { aud: 'order' },
    { iss: 'https://other.example' },
    { iss: chance.pick(issuers).name },
    { sub: 5 },
    { exp: startOfTests + 5000 },
  ];
  return chance.below(8) === 0 ? chance.pick(faults) : {};
}
