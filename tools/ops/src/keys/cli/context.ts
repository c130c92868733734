import type { Gate } from '../manage/gate.ts';
import type { KeyStore } from '../manage/key-store.ts';
import type { Arguments } from './arguments.ts';

/** What every command is given. */
export interface Context {
  readonly args: Arguments;
  readonly store: KeyStore;
  /** The command as it was typed, for the history. */
  readonly by: string;
  /** Asks the running services what they have loaded. */
  readonly askGate: () => Promise<Gate>;
  readonly now: () => Date;
  /** Says something while the command runs; not with --json. */
  readonly say: (line: string) => void;
  /** Says it on stderr, with --json as well. */
  readonly warn: (line: string) => void;
}

/** What a command has to say at its end. */
export interface Result {
  readonly lines: readonly string[];
  readonly json: unknown;
  /** 0 unless given; 1: it found something wrong, or somebody is not ready. */
  readonly exitCode?: number;
}

/** A command: its words without its name. */
export type Command = (words: readonly string[], context: Context) => Promise<Result>;
