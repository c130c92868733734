import type { Request } from 'express';
import * as z from 'zod';
import { Problem } from '../problem/problem.ts';
import type { HeaderInput } from '../route/route.ts';

/** The versions of a resource that a request is meant for: all versions without a condition. */
interface VersionCondition {
  readonly in?: readonly number[];
  readonly notIn?: readonly number[];
}

interface EntityTag {
  readonly weak: boolean;
  /** The version of the tag; `undefined` for a tag that `versionTag` cannot have made. */
  readonly version: number | undefined;
}

/** The strong entity tag of a resource with a version counter (RFC 9110 §8.8.3). */
export function versionTag(version: number): string {
  return `"${version}"`;
}

const schema = z.object({
  'If-Match': z.string().meta({ description: 'The ETag of the version to change, several of them, or *.' }),
});

/** The optional preconditions of a change. */
export const preconditions: HeaderInput<VersionCondition> = {
  schema: schema.partial(),
  problems: ['precondition_failed'],
  read: readConditions,
};

/** The preconditions of a change with a required `If-Match`: 428 without it. */
export const requiredIfMatch: HeaderInput<VersionCondition> = {
  schema,
  problems: ['precondition_failed', 'precondition_required'],
  read(req) {
    if (!hasIfMatch(req)) throw new Problem('precondition_required');
    return readConditions(req);
  },
};

/** Checks `If-Match` of a read request.  @throws Problem precondition_failed, or as `readConditions` */
export function assertIfMatch(req: Request, version: number): void {
  const { in: matching } = hasIfMatch(req) ? readConditions(req) : {};
  if (matching !== undefined && !matching.includes(version)) throw new Problem('precondition_failed');
}

/** Whether a request has `If-Match`. */
function hasIfMatch(req: Request): boolean {
  return req.get('if-match') !== undefined;
}

/**
 * Reads `If-Match` and `If-None-Match` (RFC 9110 §13.1). Both are compared with the version in the same step as the
 * change, and only for a request that would succeed without them (§13.2.1): a missing resource is 404.
 * @throws Problem invalid_request for a header that is no list of entity tags and not `*`
 */
function readConditions(req: Request): VersionCondition {
  const match = readTags(req, 'If-Match');
  const noneMatch = readTags(req, 'If-None-Match');
  // `*` matches every version of an existing resource. If-Match accepts strong tags only (§8.8.3.2).
  const matching = match === undefined || match === '*' ? undefined : versions(match.filter(({ weak }) => !weak));
  if (noneMatch === '*') return { in: [] };
  return {
    ...(matching === undefined ? {} : { in: matching }),
    ...(noneMatch === undefined ? {} : { notIn: versions(noneMatch) }),
  };
}

function versions(tags: readonly EntityTag[]): number[] {
  return tags.flatMap(({ version }) => version ?? []);
}

function readTags(req: Request, name: 'If-Match' | 'If-None-Match'): readonly EntityTag[] | '*' | undefined {
  // Several lines of the field are one list (§5.3): Node joins them.
  const value = req.get(name)?.trim();
  if (value === undefined || value === '*') return value;
  const tags = parseTags(value);
  if (tags !== undefined) return tags;
  throw new Problem('invalid_request', { detail: `${name} must be * or ETags in quotes, such as "1".`, reason: name });
}

/** `#entity-tag` (§8.8.3, §5.6.1): empty members are ignored. */
function parseTags(value: string): EntityTag[] | undefined {
  const member = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(,|$)/y;
  const tags: EntityTag[] = [];
  for (;;) {
    const match = member.exec(value);
    if (match === null) return undefined;
    const [, weak, opaque, separator] = match;
    if (opaque !== undefined) {
      const version = /^[1-9]\d{0,8}$/.test(opaque) ? Number(opaque) : undefined;
      tags.push({ weak: weak !== undefined, version });
    }
    if (separator === '') return tags;
  }
}
