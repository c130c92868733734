import { type AccessTokenClaims, AuthError, createAccessTokenVerifier, type RememberedTokens } from '../src/index.ts';
import type { PublicKey } from '../src/public-keys.ts';
import { goodClaims } from './access-tokens.ts';
import {
  type Chance,
  createChance,
  entryOf,
  kids,
  makeTokens,
  sessions,
  signerCount,
  usualSigners,
} from './remembering-tokens.ts';
import { startOfTests } from './test-clock.ts';

interface World {
  readonly chance: Chance;
  readonly tokens: readonly string[];
  readonly keys: Map<string, PublicKey>;
  /** By session: tokens issued until then are revoked. */
  readonly revoked: Map<string, number>;
  time: number;
  areKeysLost: boolean;
}

/** How often each outcome was seen, and how many verifications were saved. */
export interface Seen {
  readonly outcomes: ReadonlyMap<string, number>;
  readonly hits: number;
}

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '];
const mebibyte = 2 ** 20;
let allTokens: readonly string[] | undefined;

/** Runs worlds of up to 2000 steps each, from the seed on. */
export function runWorlds(seed: number, steps: number): Seen {
  const outcomes = new Map<string, number>();
  let hits = 0;
  // Stacks of refusals would need half of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (let done = 0; done < steps; done += 2000) {
    const seen = runWorld(seed + done / 2000, Math.min(2000, steps - done));
    for (const [outcome, times] of seen.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
    hits += seen.hits;
  }
  Error.stackTraceLimit = stackTraceLimit;
  return { outcomes, hits };
}

/**
 * Runs two verifiers, one that remembers tokens and one that does not, through the same random steps: tokens that are good,
 * expired, altered, or for another audience; keys that are removed, replaced or given another algorithm; revocations;
 * a clock that moves both ways.
 *
 * @throws Error with the seed and the step where the two differ
 */
function runWorld(seed: number, steps: number): Seen {
  const chance = createChance(seed);
  allTokens ??= makeTokens(createChance(1), 300);
  const pool = allTokens;
  const tokens = Array.from({ length: chance.pick([2, 4, 8, 40]) }, () => chance.pick(pool));
  const rememberTokens = chance.pick([1, 3, 16, 10_000, 10_000]);
  const start = { time: startOfTests, areKeysLost: false };
  const world: World = { chance, tokens, keys: new Map(), revoked: new Map(), ...start };
  restoreKeys(world);
  const outcomes = new Map<string, number>();
  const plain = observe(world, 0);
  const remembering = observe(world, rememberTokens);
  for (let step = 0; step < steps; step += 1) {
    if (chance.below(15) === 0) change(world);
    const token = nextToken(world);
    const expected = plain.ask(token);
    const found = remembering.ask(token);
    const held = remembering.memory();
    const isBounded = held.tokens <= rememberTokens && held.bytes <= 32 * mebibyte;
    if (found !== expected || !isBounded) {
      throw new Error(`seed ${seed}, step ${step}: ${found} in place of ${expected}, ${JSON.stringify(held)}`);
    }
    const outcome = expected.slice(0, expected.indexOf('\n'));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return { outcomes, hits: remembering.memory().hits };
}

/** A verifier that returns a verification as one text: its outcome, the claims, and the unknown kids. */
function observe(world: World, rememberTokens: number) {
  let unknown = '';
  const verifier = createAccessTokenVerifier({
    issuer: goodClaims.iss,
    audience: 'order',
    rememberTokens,
    now: () => world.time,
    keys: () => (world.areKeysLost ? unavailable() : world.keys),
    revocations: { isRevoked: (sid, iat) => iat <= (world.revoked.get(sid) ?? 0) },
    onUnknownKid(kid) {
      unknown += ` ${kid}`;
    },
  });
  const memory = (): RememberedTokens => verifier.memory();
  return {
    memory,
    ask(token: string): string {
      unknown = '';
      return `${tell(() => verifier.verify(token))}\n${unknown}`;
    },
  };
}

function tell(verify: () => AccessTokenClaims): string {
  try {
    const claims = verify();
    return `accepted\n${JSON.stringify([claims, [...claims.scopes]])}`;
  } catch (error) {
    if (error instanceof AuthError) return `${error.code}: ${error.reason}\n${error.message} ${JSON.stringify(error)}`;
    return String(error);
  }
}

function nextToken({ chance, tokens }: World): string {
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
  return chance.pick([`${token} `, token.slice(0, -1), `${header}.${payload}.`, '', 'a'.repeat(9000)]);
}

function change(world: World): void {
  const { chance, keys, revoked } = world;
  const kid = chance.pick(kids);
  const kind = chance.below(10);
  if (kind === 0) keys.delete(kid);
  // Another key, another algorithm, or the same ones under the same kid.
  else if (kind === 1) keys.set(kid, entryOf(kid, chance.below(signerCount), chance));
  else if (kind <= 4) restoreKeys(world);
  else if (kind === 5) revoked.set(chance.pick(sessions), startOfTests + chance.below(400) - 400);
  else if (kind === 6) revoked.clear();
  else world.time = chance.below(40) === 0 ? Number.NaN : moved(world.time, chance);
}

function restoreKeys(world: World): void {
  kids.forEach((kid, index) => {
    world.keys.set(kid, entryOf(kid, usualSigners[index] ?? 0, world.chance));
  });
  world.areKeysLost = world.chance.below(12) === 0;
}

/** By a moment, by minutes, or to any time at which some token is good. */
function moved(time: number, chance: Chance): number {
  const anywhere = startOfTests + chance.below(800) - 300;
  if (Number.isNaN(time)) return anywhere;
  return chance.pick([time + 1, time - 1, time + 0.5, time + chance.below(200), time - chance.below(200), anywhere]);
}

function unavailable(): never {
  throw new AuthError('unavailable', 'keys_unavailable');
}
