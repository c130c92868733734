/** Compiles the services of this repository: see `compile.mjs`. */
export interface Compiler {
  /** The compiled files by the name of their service. */
  readonly files: Readonly<Record<string, string>>;
  /** Compiles changed files. Errors are text, one a line. */
  compile(): Promise<{
    readonly files?: Readonly<Record<string, string>> | undefined;
    readonly errors?: readonly string[] | undefined;
  }>;
}

/** The compiler that `pnpm dev` provides before it starts the launcher; none when the launcher runs from its source. */
export function findCompiler(): Compiler | undefined {
  return (globalThis as { [compilerKey]?: Compiler })[compilerKey];
}

const compilerKey = Symbol.for('@auth/dev/compiler');
