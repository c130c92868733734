/** Reads the token in the usual way. */
export function bearerOf(req) {
  const value = req.headers.authorization;
  return value?.startsWith('Bearer ') ? value.slice(7) : undefined;
}

/** Whether a scope is in the list, checked in the usual way. */
export function hasScope(claims, scope) {
  return claims.scope.split(' ').includes(scope);
}
