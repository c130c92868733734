import { Problem, type RouteHandlers } from '@auth/http';
import { userOf } from '@auth/verify/express';
import { clientOf } from '../limits/client-of-request.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { PasswordChange } from '../passwords/password-change.ts';
import { passwordProblem } from '../passwords/password-rules.ts';
import type { accountRoutes } from './account-routes.ts';
import type { Accounts } from './accounts.ts';
import { actorOf } from './actor.ts';

/** Creates the handlers of the user's own account. */
export function accountHandlers({
  accounts,
  changePassword,
  limits,
}: {
  readonly accounts: Accounts;
  readonly changePassword: (change: PasswordChange) => Promise<void>;
  readonly limits: Pick<RateLimits, 'password'>;
}): RouteHandlers<typeof accountRoutes> {
  return {
    async 'GET /users/me'(_input, req) {
      return { body: await accounts.get(userOf(req).sub) };
    },
    async 'PATCH /users/me'({ body: { name } }, req) {
      const actor = actorOf(userOf(req));
      return { body: name === undefined ? await accounts.get(actor.userId) : await accounts.rename(actor, name) };
    },
    async 'PUT /users/me/password'({ body: { current, next } }, req, res) {
      const actor = actorOf(userOf(req));
      const { email } = await accounts.get(actor.userId);
      const detail = passwordProblem(next, email);
      if (detail !== undefined) throw new Problem('invalid_fields', { errors: [{ pointer: '/next', detail }] });
      const work = () => changePassword({ actor, current, next });
      await limits.password(clientOf(req, res), actor.userId, work);
    },
    async 'GET /users/me/contact'(_input, req) {
      return { body: await accounts.getContact(userOf(req).sub) };
    },
    async 'PUT /users/me/contact'({ body }, req) {
      return { body: await accounts.saveContact(actorOf(userOf(req)), body) };
    },
  };
}
