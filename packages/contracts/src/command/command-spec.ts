/** An option of a command: a switch, or a value. */
export interface OptionSpec {
  /** What help calls the value, such as `<folder>`. Absent for a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  readonly help: string;
}

/** A command as its caller sees it: what it is called, what it takes, and what it does. */
export interface CommandSpec {
  /** As it is typed: `pnpm keys revoke`. */
  readonly name: string;
  /** What it does. */
  readonly summary: string;
  /** Its arguments in order, as help shows them: `['<caller>', '<callee>']`. One that ends in `…` takes any number. */
  readonly arguments?: readonly string[];
  /** By their name without `--`. */
  readonly options?: Readonly<Record<string, OptionSpec>>;
  /** The commands below it by name, such as `revoke` of `pnpm keys`: help lists them. */
  readonly commands?: Readonly<Record<string, CommandSpec>>;
  /** More lines for help, such as the variables that are read. */
  readonly notes?: readonly string[];
}
