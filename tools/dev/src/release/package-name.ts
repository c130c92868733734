import { builtinModules } from 'node:module';

const longest = 214;
const reserved = ['node_modules', 'favicon.ico', ...builtinModules];

/**
 * Returns what is wrong with a name for a new package, by the rules of npm; `undefined` for a good one. Does not check
 * whether the name is free, or whose it is.
 */
export function problemOfName(name: string): string | undefined {
  const problem = problemOfForm(name);
  return problem === undefined ? undefined : `${JSON.stringify(name)} cannot be the name of the package: ${problem}`;
}

function problemOfForm(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > longest) return `it is longer than ${longest} characters`;
  const parts = name.startsWith('@') ? name.slice(1).split('/') : [name];
  if (name.startsWith('@') && parts.length !== 2) return 'a name with a scope has the form @scope/name';
  if (name.startsWith('@auth/')) {
    return 'the scope @auth of the public registry belongs to another project; choose a scope of your own';
  }
  for (const part of parts) {
    const problem = problemOfPart(part);
    if (problem !== undefined) return problem;
  }
  return reserved.includes(name) ? 'Node or npm uses this name' : undefined;
}

function problemOfPart(part: string): string | undefined {
  if (part === '') return 'a part of it is empty';
  if (part !== part.toLowerCase()) return 'it has a capital letter';
  if (/^[._-]/.test(part)) return 'neither scope nor name may begin with a dot, an underscore or a dash';
  if (!/^[a-z0-9._-]+$/.test(part)) return 'only a to z, 0 to 9, dot, underscore and dash are allowed';
  return undefined;
}
