import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Blocks, fillIn } from '../../measure/page.ts';
import { measureIssuerAway } from './measure.ts';
import { blocksOf } from './report.ts';
import type { Outcome } from './situations.ts';

const page = readFileSync(join(repositoryRoot, 'docs/issuer-away.md'), 'utf8');

describe('while the issuer is away', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  let blocks: Blocks;
  beforeAll(async () => {
    outcomes = await measureIssuerAway();
    blocks = blocksOf(outcomes);
  }, 180_000);

  it('all libraries answer as docs/issuer-away.md says; if not: pnpm bench:issuer-away --write', () => {
    expect(fillIn(page, blocks, 'away')).toBe(page);
  });

  it('@auth/verify answers 503 before the first keys, accepts tokens of the keys it has, and lets no request wait', () => {
    const { cold, aged, newKey, knownKey, hangingCold, hangingAged } = outcomes.get('ours') ?? {};
    expect([cold, hangingCold]).toMatchObject([{ status: 503 }, { status: 503 }]);
    expect([aged, knownKey, hangingAged]).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    for (const answer of [cold, aged, newKey, knownKey, hangingCold, hangingAged])
      expect(answer?.ms).toBeLessThan(1000);
  });
});
