/** Values for the `:name` parts of a path template. */
export type PathParams = Readonly<Record<string, string>>;
export type QueryParams = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Builds a request target from an operation's path template. Each parameter is one non-empty segment without
 * separators, never `.` or `..`, so that no input can turn the target into another route.
 *
 * @throws TypeError naming the parameter, never its value
 */
export function buildTarget(template: string, params: PathParams = {}, query: QueryParams = {}): string {
  const path = template.replaceAll(/:(\w+)/g, (_match, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (typeof value !== 'string' || !isSegment(value)) {
      throw new TypeError(`path parameter ${name} must be one plain path segment`);
    }
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

// The callee rejects encoded separators and dots; NUL and lone surrogates are always a mistake.
function isSegment(value: string): boolean {
  return value !== '' && value !== '.' && value !== '..' && !/[/\\\0%]/.test(value) && value.isWellFormed();
}
