/** An option of a command: a switch, or a value. */
export interface OptionSpec {
  /** The name of the value in help, such as `<folder>`. Absent for a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  readonly help: string;
}

/** A command as its user sees it: name, arguments, and effect. */
export interface CommandSpec {
  /** The command as typed: `pnpm keys revoke`. */
  readonly name: string;
  /** One sentence on what the command does. */
  readonly summary: string;
  /** The arguments in order, as help shows them: `['<caller>', '<callee>']`. A name that ends in `…` takes any number. */
  readonly arguments?: readonly string[];
  /** The options by name, without `--`. */
  readonly options?: Readonly<Record<string, OptionSpec>>;
  /** The subcommands by name, such as `revoke` of `pnpm keys`: help lists them. */
  readonly commands?: Readonly<Record<string, CommandSpec>>;
  /** More lines for help, such as the variables that are read. */
  readonly notes?: readonly string[];
}
