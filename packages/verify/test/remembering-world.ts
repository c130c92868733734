import type { PublicKey } from '../src/public-keys.ts';
import { type Chance, createChance } from './chance.ts';
import { issuerKinds, issuers } from './remembering-issuers.ts';
import { entryOf, kids, makeTokens, sessions, signerCount, usualSigner } from './remembering-tokens.ts';
import { startOfTests } from './test-clock.ts';

/** An issuer with what can change about it. */
export interface Issuer {
  /** Its place in `issuers`, and that of its kind in `issuerKinds`. */
  readonly index: number;
  readonly kind: number;
  readonly keys: Map<string, PublicKey>;
  /** By session: tokens issued until then are revoked. */
  readonly revoked: Map<string, number>;
  areKeysLost: boolean;
}

/** Issuers, tokens of them, and the time. */
export interface World {
  readonly chance: Chance;
  readonly tokens: readonly string[];
  readonly issuers: readonly Issuer[];
  time: number;
}

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '];
const pools = new Map<string, readonly string[]>();

/** Draws one to three issuers of any kinds, and tokens of them. */
export function createWorld(chance: Chance): World {
  const count = chance.pick([1, 2, 3]);
  const all = issuers.slice(0, count).map((_issuer, index) => {
    const kind = chance.below(issuerKinds.length);
    return { index, kind, keys: new Map(), revoked: new Map(), areKeysLost: false };
  });
  const tokens = Array.from({ length: chance.pick([2, 4, 8, 40]) }, () => {
    const issuer = chance.pick(all);
    // Some are of an issuer that this world does not know, or has with another profile.
    return chance.below(20) === 0
      ? chance.pick(poolOf(chance.below(issuerKinds.length), chance.below(issuers.length)))
      : chance.pick(poolOf(issuer.kind, issuer.index));
  });
  const world: World = { chance, tokens, issuers: all, time: startOfTests };
  for (const issuer of all) restoreKeys(issuer, chance);
  return world;
}

function poolOf(kind: number, issuer: number): readonly string[] {
  const name = `${kind} ${issuer}`;
  const pool = pools.get(name) ?? makeTokens(createChance(kind * 10 + issuer), 60, kind, issuer);
  pools.set(name, pool);
  return pool;
}

/** Draws a token of the world: most of the time as it is, else altered or put together from two. */
export function nextToken({ chance, tokens }: World): string {
  const token = chance.pick(tokens);
  const kind = chance.below(16);
  if (kind > 3) return token;
  if (kind === 0) {
    const at = chance.below(token.length);
    return token.slice(0, at) + chance.pick(alphabet) + token.slice(at + 1);
  }
  const [header, payload, signature] = token.split('.');
  const [header2, payload2, signature2] = chance.pick(tokens).split('.');
  if (kind === 1) return `${header2}.${payload}.${signature}`;
  if (kind === 2) return `${header}.${payload2}.${chance.pick([signature, signature2])}`;
  return chance.pick([`${token} `, token.slice(0, -1), `${header}.${payload}.`, '', 'a'.repeat(17_000)]);
}

/** Changes keys, revocations or the time. */
export function change(world: World): void {
  const { chance } = world;
  const issuer = chance.pick(world.issuers);
  const kid = chance.pick(kids);
  const kind = chance.below(10);
  if (kind === 0) issuer.keys.delete(kid);
  // Another key, another algorithm, or the same ones under the same kid.
  else if (kind === 1) issuer.keys.set(kid, entryOf(kid, chance.below(signerCount), chance));
  else if (kind <= 4) restoreKeys(issuer, chance);
  else if (kind === 5) issuer.revoked.set(chance.pick(sessions), startOfTests + chance.below(400) - 400);
  else if (kind === 6) issuer.revoked.clear();
  else world.time = chance.below(40) === 0 ? Number.NaN : moved(world.time, chance);
}

function restoreKeys(issuer: Issuer, chance: Chance): void {
  kids.forEach((kid, place) => {
    issuer.keys.set(kid, entryOf(kid, usualSigner(issuer.kind, issuer.index, place), chance));
  });
  issuer.areKeysLost = chance.below(12) === 0;
}

/** By a moment, by minutes, or to any time at which some token is good. */
function moved(time: number, chance: Chance): number {
  const anywhere = startOfTests + chance.below(800) - 300;
  if (Number.isNaN(time)) return anywhere;
  return chance.pick([time + 1, time - 1, time + 0.5, time + chance.below(200), time - chance.below(200), anywhere]);
}
