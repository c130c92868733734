import { isAlive, type ProcessInfo, readProcess } from './processes.ts';

/** Matches npx, npm and pnpm as a binary, as a script of node, or by their process title ("npm exec pnpm dev"). */
const packageManager = /^(?:\S*\/)?(?:node\s+(?:\S*\/)?)?(?:npx|npm|pnpm|pnpx)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/;
/** Matches the shell in which a package manager runs a script. */
const scriptShell = /^(?:\S*\/)?(?:sh|dash|bash)\s+-c\s/;

/** Finds the processes that exist only to run this one: package managers and their shells, nearest first.
 * A shell above the outermost package manager is the developer's own, and may end before this process (`npx -y pnpm dev &` in a script). */
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

/** Calls `onGone` once, when the first of the processes has ended: a killed npx does not signal its child.
 * Does not keep the process running. Returns the function that stops watching. */
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
