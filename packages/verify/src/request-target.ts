const originForm = /^\/[\x21-\x7e]*$/;
// Parts that one server would normalize, decode or cut and another would not.
const ambiguousAnywhere = /[\\#]|%00/i;
const ambiguousInPath = /\/\/|%(?:2f|5c|2e)|%(?![0-9a-f]{2})/i;
const dotSegment = /\/\.{1,2}(?:\/|$)/;

/**
 * Checks whether a request target (RFC 9112 §3.2.1, path and query bytes as sent) has only one meaning: origin-form, no
 * `//`, backslash, fragment, encoded separator or dot segment.
 */
export function isUnambiguousTarget(target: string): boolean {
  if (!originForm.test(target) || ambiguousAnywhere.test(target)) return false;
  const path = target.split('?', 1)[0] ?? '';
  return !ambiguousInPath.test(path) && !dotSegment.test(path);
}

/** Builds the `htu` of a call: the callee's logical name as authority (never the `Host` header), and the target's own bytes. */
export function bindTarget(callee: string, target: string): string {
  return `https://${callee}${target}`;
}
