import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyDocument } from '@auth/keys/key-document';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { readText } from '@auth/keys/read-text';
import * as z from 'zod';

const Entry = z.object({
  /** The time of the change (RFC 3339). */
  at: z.iso.datetime(),
  service: z.string(),
  kid: z.string(),
  member: z.string(),
  /** The new state: a `KeyState`, `public`, or `gone` when the key was removed. */
  state: z.string(),
  /** The command line that made the change. */
  by: z.string(),
});

/** One change of one key in one document. Holds no key. */
export type HistoryEntry = z.output<typeof Entry>;

const file = (dir: string): string => join(dir, 'history.jsonl');

/** Reads the history of a folder, the oldest change first, without lines that were cut short. */
export async function readHistory(dir: string): Promise<readonly HistoryEntry[]> {
  const text = (await readText(file(dir))) ?? '';
  return text.split('\n').flatMap((line) => {
    const entry = Entry.safeParse(parse(line));
    return entry.success ? [entry.data] : [];
  });
}

/** Adds the changes of keys to the history. Call it before documents are written: no key may be missing in the history. */
export async function appendHistory(
  dir: string,
  changes: readonly { readonly before: KeyDocument | undefined; readonly after: KeyDocument }[],
  { by, now }: { by: string; now: () => Date },
): Promise<void> {
  const at = now().toISOString();
  const lines = changes.flatMap(({ before, after }) =>
    differences(before, after).map((change) => JSON.stringify({ at, service: after.service, ...change, by })),
  );
  if (lines.length === 0) return;
  const text = (await readText(file(dir))) ?? '';
  // The next line must not be joined to one that was cut short.
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(file(dir), `${start}${lines.join('\n')}\n`, { mode: 0o600 });
}

function differences(before: KeyDocument | undefined, after: KeyDocument) {
  const old = new Map((before === undefined ? [] : loadedKeys(before)).map((key) => [`${key.member} ${key.kid}`, key]));
  const changed = loadedKeys(after).filter((key) => {
    const name = `${key.member} ${key.kid}`;
    const was = old.get(name)?.state;
    old.delete(name);
    return was !== key.state;
  });
  return [...changed, ...[...old.values()].map((key) => ({ ...key, state: 'gone' }))];
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
