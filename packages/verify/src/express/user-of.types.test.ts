import { describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import supertest from 'supertest';
import * as z from 'zod';
import { goodClaims, setUpAccessTokens } from '../../test/access-tokens.ts';
import { profileKeys, setUpProfile, tokenWith } from '../../test/profile-setup.ts';
import { createAccessTokenVerifier } from '../access-token.ts';
import type { AccessTokenClaims, VerifiedClaims } from '../access-token-claims.ts';
import { type AccessTokenProfile, ownProfile } from '../access-token-profile.ts';
import { createIssuers } from '../issuers.ts';
import { observed } from '../observed.ts';
import { requireScope, requireUser, userOf } from './index.ts';

const { clock, issuer, verifier: own } = setUpAccessTokens();
const base = { audience: 'order', keys: profileKeys, revocations: null, now: clock.now } as const;
const cloud = {
  ...ownProfile,
  claims: { azp: 'text', nick: 'text?', groups: 'texts', since: 'seconds?' },
  fixed: { token_use: 'access' },
  session: null,
} as const satisfies AccessTokenProfile;
const ofCloud = createAccessTokenVerifier({ ...base, issuer: 'https://cloud.example', profile: cloud });
const withTenant = createAccessTokenVerifier({
  ...base,
  issuer: goodClaims.iss,
  claims: z.object({ tenant: z.string(), plan: z.enum(['free', 'paid']).optional() }),
});
const both = createIssuers([ofCloud, withTenant]);

/** Is for the compiler: the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_Statement extends true>() => undefined;

const app = express();
app.get('/own', requireUser(own), (req, res) => {
  holds<Same<ReturnType<typeof userOf<typeof req>>, AccessTokenClaims>>();
  const { sub, client_id: client, auth_time: time, jti, sid, iat } = userOf(req);
  const texts: readonly string[] = [sub, client, jti, sid];
  const numbers: readonly number[] = [time, iat];
  // @ts-expect-error no profile or schema names this claim
  const { tenant } = userOf(req);
  res.json({ texts, numbers, tenant });
});
app.get('/tenant', requireUser(withTenant), requireScope('order:read'), (req, res) => {
  const { tenant, plan, client_id: client } = userOf(req);
  const texts: readonly string[] = [tenant, client];
  const free: 'free' | 'paid' | undefined = plan;
  // @ts-expect-error the claim may be absent
  const always: string = plan;
  // @ts-expect-error the schema makes it a text
  const other: number = tenant;
  // @ts-expect-error claims are never changed
  userOf(req).roles.push;
  res.json({ texts, free, always, other });
});
app.get('/observed', requireUser(observed(withTenant, () => {})), (req, res) => {
  const text: string = userOf(req).tenant;
  res.json({ text });
});
app.get('/cloud', requireUser(ofCloud), (req, res) => {
  const { azp, nick, groups, since, token_use: use } = userOf(req);
  const known: [string, string | undefined, readonly string[], number | undefined, 'access'] = [
    azp,
    nick,
    groups,
    since,
    use,
  ];
  // @ts-expect-error the profile says that it may be absent
  const always: string = nick;
  // @ts-expect-error this profile has no session
  const { sid } = userOf(req);
  // @ts-expect-error a claim with a fixed value has no other
  const id: 'id' = use;
  res.json({ known, always, sid, id });
});
app.get('/both', requireUser(both), (req, res) => {
  const claims = userOf(req);
  const sub: string = claims.sub;
  // @ts-expect-error only the tokens of one of the issuers have it
  const azp: unknown = claims.azp;
  const tenant = 'tenant' in claims ? claims.tenant : 'none';
  res.json({ sub, azp, tenant });
});
app.get('/later', requireUser(withTenant), handleLater);

/** A handler that the compiler does not see behind its guard. */
function handleLater(req: Request, res: express.Response): void {
  holds<Same<ReturnType<typeof userOf<Request>>, AccessTokenClaims>>();
  res.json({ client: userOf(req).client_id });
}

// Each line below must not compile: the type check of the project fails on an expectation that is not met.

// @ts-expect-error the claims of a verifier have their types without Express too
export const verified = (): { tenant: number } => withTenant.verify('');
// @ts-expect-error the algorithm is none of those of this package
export const symmetric: AccessTokenProfile = { ...ownProfile, algorithms: ['HS256'] };
// @ts-expect-error no such form of a claim
export const otherForm: AccessTokenProfile = { ...ownProfile, claims: { x: 'number' } };
// @ts-expect-error a profile says which typ it accepts
export const withoutTyp: AccessTokenProfile = { ...ownProfile, typ: undefined };
// @ts-expect-error a verifier needs the name of its service
export const withoutAudience = () => createAccessTokenVerifier({ ...base, issuer: 'x', audience: undefined });
export const withAccepts = () =>
  createAccessTokenVerifier({
    ...base,
    issuer: 'x',
    profile: cloud,
    claims: z.object({ tenant: z.string() }),
    // @ts-expect-error accepts knows the claims of the profile and of the schema, and no others
    accepts: ({ azp, tenant, sid }) => azp === tenant && sid !== '',
  });

describe('userOf', () => {
  const send = async (path: string, token: string) => {
    const answer = await supertest(app).get(path).set('Authorization', `Bearer ${token}`);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const withClaims = tokenWith({ ...goodClaims, tenant: 'blue', plan: 'paid' });
  const ofOther = tokenWith({
    ...{ iss: 'https://cloud.example', aud: ['order'], sub: 'x', exp: goodClaims.exp, scope: '', roles: [] },
    ...{ azp: 'app', groups: ['a'], token_use: 'access' },
  });

  it('has the claims of our own tokens', async () => {
    const token = issuer.sign(JSON.stringify({ ...goodClaims, tenant: 'blue' }));
    expect(await send('/own', token)).toEqual({
      texts: [goodClaims.sub, goodClaims.client_id, goodClaims.jti, goodClaims.sid],
      numbers: [goodClaims.auth_time, goodClaims.iat],
    });
  });

  it('has the claims of a schema behind their guard, also with another guard between', async () => {
    expect(await send('/tenant', withClaims)).toEqual({
      texts: ['blue', 'first-party'],
      free: 'paid',
      always: 'paid',
      other: 'blue',
    });
    expect(await send('/observed', withClaims)).toEqual({ text: 'blue' });
    expect(await send('/later', withClaims)).toEqual({ client: 'first-party' });
  });

  it('has the claims of another profile', async () => {
    const known = ['app', null, ['a'], null, 'access'];
    expect(await send('/cloud', ofOther)).toEqual({ known, id: 'access' });
  });

  it('has those that all issuers have in common', async () => {
    expect(await send('/both', withClaims)).toEqual({ sub: goodClaims.sub, tenant: 'blue' });
    expect(await send('/both', ofOther)).toEqual({ sub: 'x', azp: 'app', tenant: 'none' });
  });

  it('has the claims of every verifier where the profile is not known to the compiler', () => {
    const claims: VerifiedClaims = setUpProfile().claims(goodClaims);
    expect(claims.sub).toBe(goodClaims.sub);
  });
});
