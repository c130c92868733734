import type { Request } from 'express';
import { Problem } from './problem.ts';

/** The strong entity tag of a thing whose changes are counted (RFC 9110 §8.8.3). */
export function versionTag(version: number): string {
  return `"${version}"`;
}

/**
 * The version that `If-Match` names (RFC 9110 §13.1.1), `any` for `*`, `undefined` without the header.
 * @throws Problem precondition_failed for a tag that `versionTag` cannot have made: a weak one, or a list.
 */
export function readIfMatch(req: Request): number | 'any' | undefined {
  const value = req.get('if-match')?.trim();
  if (value === undefined) return undefined;
  if (value === '*') return 'any';
  const version = /^"([1-9]\d{0,8})"$/.exec(value)?.[1];
  if (version === undefined) throw new Problem('precondition_failed');
  return Number(version);
}
