import { noUser } from './open.mjs';

/** Two guards that check nothing: the cost of two layers of Express. */
export async function openGuard() {
  const pass = (_req, _res, next) => next();
  return { guards: [pass, pass], userOf: () => noUser };
}
