import { allRoles } from '@auth/contracts/grants';
import { createRouter, PageQuery, readBody, readParams, readQuery, sendPage } from '@auth/http';
import type { AccessTokenVerifier } from '@auth/verify';
import { requireScope, requireUser, userOf } from '@auth/verify/express';
import type { Router } from 'express';
import * as z from 'zod';
import { actorOf } from './actor.ts';
import type { UserAdmin } from './user-admin.ts';

export const ListQuery = z.object(PageQuery);
// In lower case, as ids are: whether it is one's own is a comparison of texts.
export const Id = z.object({ id: z.uuid().toLowerCase() });
const roles = z
  .array(z.enum(allRoles))
  .min(1)
  .refine((names) => new Set(names).size === names.length, 'must name each role once');
export const Changes = z.strictObject({ roles: roles.optional(), disabled: z.boolean().optional() });

/** Managing users: scope `user:admin`. */
export function adminRoutes({ admin, verify }: { admin: UserAdmin; verify: AccessTokenVerifier }): Router {
  const router = createRouter();
  const administrator = [requireUser(verify), requireScope('user:admin')];

  router.get('/users', ...administrator, async (req, res) => {
    const { cursor: after, limit } = readQuery(req, ListQuery);
    sendPage(req, res, await admin.list({ after, limit }));
  });

  router.get('/users/:id', ...administrator, async (req, res) => {
    res.json(await admin.get(readParams(req, Id).id));
  });

  router.patch('/users/:id', ...administrator, async (req, res) => {
    const { id } = readParams(req, Id);
    res.json(await admin.change(actorOf(userOf(req)), id, readBody(req, Changes)));
  });

  return router;
}
