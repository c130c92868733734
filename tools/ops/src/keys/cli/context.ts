import type { Gate } from '../manage/gate.ts';
import type { KeyStore } from '../manage/key-store.ts';
import type { Arguments } from './arguments.ts';

/** The parts that every command gets. */
export interface Context {
  readonly args: Arguments;
  readonly store: KeyStore;
  /** The command line as it was typed, for the history. */
  readonly by: string;
  /** Asks the running services which keys they have loaded. */
  readonly askGate: () => Promise<Gate>;
  readonly now: () => Date;
  /** Prints a line while the command runs; not with --json. */
  readonly say: (line: string) => void;
  /** Prints a line on stderr, with --json as well. */
  readonly warn: (line: string) => void;
}

/** The report of a command at its end. */
export interface Result {
  readonly lines: readonly string[];
  readonly json: unknown;
  /** 0 unless given; 1: a fault was found, or a replica is not ready. */
  readonly exitCode?: number;
}

/** A command. It gets the words of the command line without its name. */
export type Command = (words: readonly string[], context: Context) => Promise<Result>;
