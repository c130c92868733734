import { textTable } from '../../text-table.ts';
import type { FolderStatus, KeyStatus, RotationStatus } from '../manage/status.ts';

/** Formats the status of a folder for a terminal. */
export function statusLines(
  { keys, next, undelivered = [] }: FolderStatus,
  secretOf?: (key: KeyStatus) => string | undefined,
): readonly string[] {
  const head = ['DOCUMENT', 'MEMBER', 'KEY', 'STATE', 'AGE', 'LOADED BY'];
  const rows = keys.map((key) => [
    key.service,
    key.member,
    key.kid,
    key.state,
    key.ageSeconds === undefined ? '-' : duration(key.ageSeconds),
    key.asked === 0 ? '-' : `${key.loaded} of ${key.asked}`,
    ...(secretOf === undefined ? [] : [secretOf(key) ?? '']),
  ]);
  return [
    ...textTable([secretOf === undefined ? head : [...head, 'SECRET'], ...rows]),
    '',
    'NEXT',
    ...next.flatMap(rotationLines),
    ...(undelivered.length === 0 ? [] : ['', 'CHANGES DO NOT REACH', ...undelivered.map((line) => `  ${line}`)]),
  ];
}

function rotationLines({ rotation, state, blockers }: RotationStatus): string[] {
  const command = `pnpm keys rotate ${rotation}`;
  const word = {
    rest: `at rest; ${command} begins`,
    ready: `safe now: ${command}`,
    blocked: 'not yet:',
    stuck: 'must be repaired first:',
  }[state];
  return [`  ${rotation}: ${word}`, ...blockers.map((line) => `    ${line}`)];
}

/** Formats seconds in the two largest units: `3 d 4 h`. */
export function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let left = seconds;
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.slice(0, 2).join(' ') || '0 s';
}
