import type { ProcessInfo } from './processes.ts';
import { isAlive, readProcess } from './processes.ts';

/** npx, npm, pnpm as a binary, as a script of node, or under the title they give themselves ("npm exec pnpm dev"). */
const packageManager = /^(?:\S*\/)?(?:node\s+(?:\S*\/)?)?(?:npx|npm|pnpm|pnpx)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/;
/** The shell a package manager runs a script in. */
const scriptShell = /^(?:\S*\/)?(?:sh|dash|bash)\s+-c\s/;

/** Finds the processes that only exist to run us: package managers and their shells, nearest first.
 * A shell above the outermost package manager is the developer's own, and may end before us (`npx -y pnpm dev &` in a script). */
export function findLaunchers(
  parentPid: number,
  read: (pid: number) => ProcessInfo | undefined = readProcess,
): number[] {
  const found: number[] = [];
  let outermost = 0;
  for (let pid = parentPid; pid > 1; ) {
    const info = read(pid);
    if (info === undefined) break;
    const isManager = packageManager.test(info.command);
    if (!isManager && !scriptShell.test(info.command)) break;
    found.push(pid);
    if (isManager) outermost = found.length;
    pid = info.parentPid;
  }
  return outermost > 0 ? found.slice(0, outermost) : found;
}

/** Calls `onGone` once, when the first of the processes has ended: a killed npx does not tell what it started.
 * Does not keep the process running. Returns the way to stop watching. */
export function watchLaunchers(
  pids: readonly number[],
  onGone: (pid: number) => void,
  { everyMs = 500 }: { everyMs?: number } = {},
): () => void {
  const timer = setInterval(() => {
    const gone = pids.find((pid) => !isAlive(pid));
    if (gone === undefined) return;
    clearInterval(timer);
    onGone(gone);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
