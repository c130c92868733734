import { spawn } from 'node:child_process';

/** Ends the process groups of this process when it could not do so itself. */
export interface OrphanGuard {
  /** Watches a process group. */
  add(groupId: number): void;
  /** Stops watching a group that has ended, since its id may be reused. */
  remove(groupId: number): void;
  /** Ends the guard and the groups that it still watches. */
  close(): void;
}

/** A script that reads `+id` and `-id` from a pipe. The pipe ends with this process, also after SIGKILL, and then the remaining groups are ended. */
const script = `
trap '' INT TERM HUP
groups=' '
while read -r line; do
  case $line in
    +*) groups="$groups\${line#+} " ;;
    -*) id=\${line#-}; groups="\${groups%% $id *} \${groups#* $id }" ;;
  esac
done
for id in $groups; do kill -s KILL -- "-$id"; done
`;

/** Starts the guard: a small shell that ends shortly after this process. */
export function startOrphanGuard(): OrphanGuard {
  const shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  // Without a shell there is no guard; the stack works all the same.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return {
    add: (groupId) => shell.stdin.write(`+${groupId}\n`),
    remove: (groupId) => shell.stdin.write(`-${groupId}\n`),
    close: () => shell.stdin.end(),
  };
}
