/** A group of imports with the reason that the linter gives. */
export const group = (reason, ...imports) => ({ reason, imports });

const toolNames = ['@auth/dev', '@auth/e2e', '@auth/lab', '@auth/ops', '@auth/testkit'];
export const tools = group(
  'What services run stands on no tool: tools are for people, tests and the launcher.',
  ...[...toolNames, ...toolNames.map((name) => `${name}/**`), '@auth/verify/testing'],
);
/** Entries of @auth/verify that are plain data, which every part may import. Listed after the pattern that they are excepted from. */
export const plainData = ['!@auth/verify/problems', '!@auth/verify/times'];
export const issuing = group(
  'Only the user app issues access tokens: apps/user/src/sessions/tokens.ts.',
  ...['@auth/verify/issuer', 'jsonwebtoken'],
);
export const proxying = group(
  'Only the gateway hands requests on: a service calls another through @auth/verify/client.',
  ...['undici', 'cockatiel'],
);

export const apps = '**/apps/**';
export const database = ['@auth/db', '@auth/db/**'];
/** The entries of @auth/db that each app may open. */
export const databases = {
  user: ['user', 'leader', 'errors'],
  product: ['product', 'errors'],
  order: ['order', 'errors'],
  gateway: ['gateway', 'leader', 'errors'],
};
