import {
  type AccessTokenProfile,
  AuthError,
  createAccessTokenVerifier,
  createIssuers,
  type RememberedTokens,
  type VerifiedClaims,
} from '../src/index.ts';
import { createChance } from './chance.ts';
import { issuerKinds, issuers } from './remembering-issuers.ts';
import { change, createWorld, nextToken, type World } from './remembering-world.ts';

/** How often each outcome was seen, and how many verifications were saved. */
export interface Seen {
  readonly outcomes: ReadonlyMap<string, number>;
  /** By the kinds of issuers of a world: the verifications saved in such worlds. */
  readonly hitsByKinds: ReadonlyMap<string, number>;
  readonly hits: number;
}

const mebibyte = 2 ** 20;

/** Runs worlds of up to `stepsOfWorld` steps each, from the seed on. */
export function runWorlds(seed: number, steps: number, stepsOfWorld = 2000): Seen {
  const outcomes = new Map<string, number>();
  const hitsByKinds = new Map<string, number>();
  let hits = 0;
  // Stacks of refusals would need half of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (let done = 0; done < steps; done += stepsOfWorld) {
    const seen = runWorld(seed + done / stepsOfWorld, Math.min(stepsOfWorld, steps - done));
    for (const [outcome, times] of seen.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
    for (const [kinds, times] of seen.hitsByKinds) hitsByKinds.set(kinds, (hitsByKinds.get(kinds) ?? 0) + times);
    hits += seen.hits;
  }
  Error.stackTraceLimit = stackTraceLimit;
  return { outcomes, hitsByKinds, hits };
}

/**
 * Runs two verifiers, one that remembers tokens and one that does not, through the same random steps: tokens of one to
 * three issuers with different profiles that are good, expired, altered, or for another audience; keys that are removed,
 * replaced or given another algorithm; revocations; a clock that moves both ways.
 *
 * @throws Error with the seed and the step where the two differ
 */
function runWorld(seed: number, steps: number): Seen {
  const chance = createChance(seed);
  const rememberTokens = chance.pick([1, 3, 16, 10_000, 10_000]);
  const world = createWorld(chance);
  const outcomes = new Map<string, number>();
  const plain = observe(world, 0);
  const remembering = observe(world, rememberTokens);
  const count = world.issuers.length;
  for (let step = 0; step < steps; step += 1) {
    if (chance.below(15) === 0) change(world);
    const token = nextToken(world);
    const expected = plain.ask(token);
    const found = remembering.ask(token);
    const held = remembering.memory();
    const isBounded = held.tokens <= count * rememberTokens && held.bytes <= count * 32 * mebibyte;
    if (found !== expected || !isBounded) {
      throw new Error(`seed ${seed}, step ${step}: ${found} in place of ${expected}, ${JSON.stringify(held)}`);
    }
    const outcome = expected.slice(0, expected.indexOf('\n'));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const { hits } = remembering.memory();
  return { outcomes, hits, hitsByKinds: new Map([[world.issuers.map(({ kind }) => kind).join(' '), hits]]) };
}

/** A verifier that returns a verification as one text: its outcome, the claims, and the unknown kids. */
function observe(world: World, rememberTokens: number) {
  let unknown = '';
  const verifiers = world.issuers.map((issuer) => {
    const { profile, claims } = issuerKinds[issuer.kind] ?? issuerKinds[0] ?? missing();
    const { name, audience } = issuers[issuer.index] ?? issuers[0];
    const isRevoked = (sid: string, iat: number) => iat <= (issuer.revoked.get(sid) ?? 0);
    return createAccessTokenVerifier<AccessTokenProfile>({
      issuer: name,
      audience,
      profile,
      ...(claims === undefined ? {} : { claims }),
      rememberTokens,
      now: () => world.time,
      keys: () => (issuer.areKeysLost ? unavailable() : issuer.keys),
      revocations: profile.session === null ? null : { isRevoked },
      onUnknownKid(kid) {
        unknown += ` ${name} ${kid}`;
      },
    });
  });
  const [first] = verifiers;
  const verifier =
    first !== undefined && verifiers.length === 1 && world.tokens.length > 4 ? first : createIssuers(verifiers);
  const memory = (): RememberedTokens => verifier.memory();
  return {
    memory,
    ask(token: string): string {
      unknown = '';
      return `${tell(() => verifier.verify(token))}\n${unknown}`;
    },
  };
}

function tell(verify: () => VerifiedClaims): string {
  try {
    const claims = verify();
    return `accepted\n${JSON.stringify([claims, [...claims.scopes]])}`;
  } catch (error) {
    if (error instanceof AuthError) return `${error.code}: ${error.reason}\n${error.message} ${JSON.stringify(error)}`;
    return String(error);
  }
}

function unavailable(): never {
  throw new AuthError('unavailable', 'keys_unavailable');
}

function missing(): never {
  throw new Error('no such kind of issuer');
}
