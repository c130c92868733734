import { readFile, realpath, stat } from 'node:fs/promises';

/**
 * Whether a changed key document reaches a running service, as a closed set that is fit for a metric label.
 * `watched`: yes, the file is read again and again. `text`: no, `AUTH_KEYS` is read once. `single_file_mount`: only a
 * change that is written into the file in place arrives; a file that is renamed over it does not. `replaced`: a file was
 * renamed over it, and this process still sees the old one. `refused`: a changed document was found and cannot be used.
 * `unreachable`: the file could not be looked at for a while, such as on a network file system that hangs.
 */
export type KeyDelivery = 'watched' | 'text' | 'single_file_mount' | 'replaced' | 'refused' | 'unreachable';

/** The obstacles for a changed file. */
export type FileObstacle = Extract<KeyDelivery, 'single_file_mount' | 'replaced'>;

/** The message for an operator about each obstacle, with the repair. */
export const obstacleWords: Readonly<Record<FileObstacle, string>> = {
  single_file_mount:
    'the key document is a mount of a single file: a document that replaces it does not arrive here. Mount its folder instead',
  replaced:
    'the key document was replaced, and this process still sees the old one, since its mount is of that one file. Restart the service now, and mount the folder instead',
};

/**
 * Finds what keeps a changed file from arriving. A bind mount of one file (Compose `secrets`, Kubernetes `subPath`) holds
 * the inode and not the name: when another file is renamed over the name, the old inode stays mounted and has no name left.
 */
export async function findObstacle(file: string, mountPoints: ReadonlySet<string>): Promise<FileObstacle | undefined> {
  try {
    if ((await stat(file)).nlink === 0) return 'replaced';
    return mountPoints.has(await realpath(file)) ? 'single_file_mount' : undefined;
  } catch {
    // A missing or forbidden file is reported by the code that reads it.
    return undefined;
  }
}

/** The mount points that this process sees, from proc(5) `mountinfo`; none on systems without it. */
export async function readMountPoints(): Promise<ReadonlySet<string>> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return new Set(text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? '')));
}

/** Decodes a path of `mountinfo`: blanks, tabs, line breaks and backslashes are written as three octal digits. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
