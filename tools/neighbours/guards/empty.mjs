import { nobody } from './open.mjs';

/** Two guards that check nothing: what any two layers of Express cost. */
export async function openGuard() {
  const pass = (_req, _res, next) => next();
  return { guards: [pass, pass], userOf: () => nobody };
}
