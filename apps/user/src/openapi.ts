import { createOpenApi, routesOf } from '@auth/http';
import { accountDocs } from './openapi-account.ts';
import { adminDocs } from './openapi-admin.ts';
import { authDocs } from './openapi-auth.ts';

/** Every public route of this service. */
export const routeDocs = [...authDocs, ...accountDocs, ...adminDocs];

/** The API document of this service. */
export const openApi = createOpenApi({
  title: 'user',
  description: 'Accounts, logins and access tokens. Log in below and the token is filled in for the other routes.',
  routes: routesOf(routeDocs),
});
