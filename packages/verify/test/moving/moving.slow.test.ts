import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send } from '../http.ts';
import { countChanges, libraries, readPage } from './moving-page.ts';
import { createQuestions, type Question } from './questions.ts';
import { type Issuer, openIssuer, openStage, type Stage } from './stage.ts';

/** The most lines that someone who moves has to write. */
const mostLines = 15;

let stage: Stage;
let issuer: Issuer;
/** The origin of an issuer that is down. */
let deadOrigin: string;
beforeAll(async () => {
  stage = openStage();
  issuer = await openIssuer();
  const other = await openIssuer();
  await other.close();
  deadOrigin = other.origin;
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await issuer?.close();
});

describe.each(libraries)('docs/moving/%s.md', (library) => {
  const page = readPage(library);
  const form = library === 'keycloak-connect' ? 'keycloak' : 'rfc9068';
  const issuerOf = (origin: string) => (form === 'keycloak' ? `${origin}/realms/shop` : origin);
  const ports = new Map<string, number>();
  let questions: ReadonlyMap<string, Question>;
  let questionsOfDead: ReadonlyMap<string, Question>;

  beforeAll(async () => {
    mkdirSync(join(stage.folder, library));
    for (const [name, code] of page.programs) writeFileSync(join(stage.folder, library, name), code);
    questions = createQuestions(form, { issuer: issuerOf(issuer.origin) });
    questionsOfDead = createQuestions(form, { issuer: issuerOf(deadOrigin) });
    for (const name of ['before', 'after']) {
      for (const [origin, suffix] of [[issuer.origin, ''] as const, [deadOrigin, ' dead'] as const]) {
        const env = { ISSUER: origin, KEYCLOAK_URL: origin };
        ports.set(`${name}${suffix}`, await stage.start(join(library, `${name}.js`), env));
      }
    }
    // The keys are fetched in the background, so the first requests may be answered 503.
    while ((await answerTo('a good token', 'after')) === '503 unavailable') await wait(50);
  }, 60_000);

  /** Asks a program a question and returns the status, and the code if there is one. */
  async function answerTo(request: string, program: 'before' | 'after'): Promise<string> {
    const isDead = questions.get(request)?.isIssuerDown === true;
    const question = (isDead ? questionsOfDead : questions).get(request);
    if (question === undefined) throw new Error(`there is no question for the row: ${request}`);
    const { status, code } = await send(ports.get(isDead ? `${program} dead` : program) ?? 0, question);
    return code === undefined ? String(status) : `${status} ${code}`;
  }

  it('names the lines that change, and they are few', () => {
    const { programs, toWrite, toDelete } = page;
    const counted = countChanges(programs.get('before.js') ?? '', programs.get('after.js') ?? '');
    expect(counted).toEqual({ toWrite, toDelete });
    expect(toWrite).toBeGreaterThan(5);
    expect(toWrite).toBeLessThanOrEqual(mostLines);
  });

  it('compiles', () => stage.check([join(library, 'after.js')]), 60_000);

  it('has rows', () => expect(page.rows.length).toBeGreaterThan(15));

  it.each(page.rows)('is right about $request', async ({ request, before, after }) => {
    expect({ request, before: await answerTo(request, 'before'), after: await answerTo(request, 'after') }).toEqual({
      request,
      before,
      after,
    });
  });
});
