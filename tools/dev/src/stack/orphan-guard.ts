import { spawn } from 'node:child_process';

/** Ends our process groups when we could not do it ourselves. */
export interface OrphanGuard {
  /** Watches over a process group. */
  add(groupId: number): void;
  /** The group has ended; its id may belong to another soon. */
  remove(groupId: number): void;
  /** Ends the guard and whatever it still watches over. */
  close(): void;
}

/** Reads `+id` and `-id` from a pipe of ours. The pipe ends when we end, by SIGKILL too: then it ends the groups that are left. */
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

/** Starts the guard: one small shell that outlives us by a moment. */
export function startOrphanGuard(): OrphanGuard {
  const shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  // Without a shell there is no guard, and everything else still works.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return {
    add: (groupId) => shell.stdin.write(`+${groupId}\n`),
    remove: (groupId) => shell.stdin.write(`-${groupId}\n`),
    close: () => shell.stdin.end(),
  };
}
