import { Address, Phone, plainText } from '@auth/contracts';
import { createRouter, readBody, visitorOf } from '@auth/http';
import type { AccessTokenVerifier } from '@auth/verify';
import { requireScope, requireUser, userOf } from '@auth/verify/express';
import type { Router } from 'express';
import * as z from 'zod';
import type { RateLimits } from '../limits/rate-limits.ts';
import { passwordProblem, passwordRule } from '../passwords/password-rules.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Accounts } from './accounts.ts';
import { actorOf } from './actor.ts';

export const Profile = z.strictObject({ name: plainText(100).optional() });
export const ContactDetails = z.strictObject({ phone: Phone, address: Address });

/** The new password must be one that the owner of this e-mail may have. */
export const passwordChange = (email: string) =>
  z
    .strictObject({ current: z.string(), next: z.string().meta({ description: passwordRule }) })
    .superRefine(({ next }, context) => {
      const problem = passwordProblem(next, email);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: ['next'], message: problem });
    });

interface AccountRoutesOptions {
  readonly accounts: Accounts;
  readonly sessions: Pick<Sessions, 'changePassword'>;
  readonly limits: Pick<RateLimits, 'password'>;
  readonly verify: AccessTokenVerifier;
}

/** A user's own account. */
export function accountRoutes({ accounts, sessions, limits, verify }: AccountRoutesOptions): Router {
  const router = createRouter();
  const owner = [requireUser(verify), requireScope('account')];

  router.get('/users/me', ...owner, async (req, res) => {
    res.json(await accounts.get(userOf(req).sub));
  });

  router.patch('/users/me', ...owner, async (req, res) => {
    const actor = actorOf(userOf(req));
    const { name } = readBody(req, Profile);
    res.json(name === undefined ? await accounts.get(actor.userId) : await accounts.rename(actor, name));
  });

  router.put('/users/me/password', ...owner, async (req, res) => {
    const actor = actorOf(userOf(req));
    const { email } = await accounts.get(actor.userId);
    const { current, next } = readBody(req, passwordChange(email));
    const work = () => sessions.changePassword({ actor, current, next });
    await limits.password(visitorOf(req, res), actor.userId, work);
    res.status(204).end();
  });

  router.get('/users/me/contact', ...owner, async (req, res) => {
    res.json(await accounts.getContact(userOf(req).sub));
  });

  router.put('/users/me/contact', ...owner, async (req, res) => {
    res.json(await accounts.saveContact(actorOf(userOf(req)), readBody(req, ContactDetails)));
  });

  return router;
}
