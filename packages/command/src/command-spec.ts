/** An option of a command: a switch, or a value. */
export interface OptionSpec {
  /** The name of the value in help, such as `<folder>`. Absent for a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  readonly help: string;
}

/** An environment variable that a command reads. An empty variable counts as absent. */
export interface VariableSpec {
  readonly help: string;
  /** The value of an absent variable. */
  readonly default?: string;
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
  /** The environment variables by name. */
  readonly variables?: Readonly<Record<string, VariableSpec>>;
  /** The subcommands by name, such as `revoke` of `pnpm keys`: help lists them. */
  readonly commands?: Readonly<Record<string, CommandSpec>>;
  /** More lines for help. */
  readonly notes?: readonly string[];
}

/** The values of the options of a command: a switch is a boolean, a value a text, one that may be repeated a list. */
export type OptionValues<O extends CommandSpec['options']> = {
  readonly [Name in keyof O]: O[Name] extends { readonly value: string }
    ? O[Name] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};

/** The values of the environment variables of a command. */
export type VariableValues<V extends CommandSpec['variables']> = {
  readonly [Name in keyof V]: V[Name] extends { readonly default: string } ? string : string | undefined;
};
