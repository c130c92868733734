/** Advice for a file that cannot be used, by the code of the error. */
const advices: Readonly<Record<string, string>> = {
  ENOENT: 'its folder must be there',
  ENOTDIR: 'its folder must be there',
  EACCES: 'the user service needs the right to read and write it',
  EPERM: 'the user service needs the right to read and write it',
  EROFS: 'it must not be on a read-only file system',
  EISDIR: 'a folder is in its place',
  ELOOP: 'its symbolic link leads to itself',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
};

/** Creates an error that names the file and what to do about it. */
export function fileError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  const advice = advices[code ?? ''];
  if (advice === undefined) return error;
  return new Error(`the revocation feed ${path} cannot be written: ${advice} (${code})`, { cause: error });
}

/** The code of a file system error; read by structure, since the error may come from another realm. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? String(Reflect.get(error, 'code')) : undefined;
}
