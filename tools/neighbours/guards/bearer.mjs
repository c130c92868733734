/** The token as most people read it. */
export function bearerOf(req) {
  const value = req.headers.authorization;
  return value?.startsWith('Bearer ') ? value.slice(7) : undefined;
}

/** A scope as most people look for it: a list of words. */
export function hasScope(claims, scope) {
  return claims.scope.split(' ').includes(scope);
}
