/** Compiles the services of this repository: see `compile.mjs`. */
export interface Compiler {
  /** The compiled files by the name of their service. */
  readonly files: Readonly<Record<string, string>>;
  /** Compiles what has changed since. Errors are in words, one a line. */
  compile(): Promise<{
    readonly files?: Readonly<Record<string, string>> | undefined;
    readonly errors?: readonly string[] | undefined;
  }>;
}

/** The compiler that `pnpm dev` hands over before it starts the launcher; none when that runs from its source. */
export function findCompiler(): Compiler | undefined {
  return (globalThis as { [compilerKey]?: Compiler })[compilerKey];
}

const compilerKey = Symbol.for('@auth/dev/compiler');
