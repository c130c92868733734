const MAX_CAUSES = 5;

/**
 * Returns the logged fields of an error: type, message, stack, code, and the same of its causes. Other members are left
 * out on purpose: the body parser, for example, adds the whole request body to its errors.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  return {
    type: name,
    message,
    code,
    stack,
    cause: cause === undefined || depth >= MAX_CAUSES ? undefined : errorFields(cause, depth + 1),
  };
}
