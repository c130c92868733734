import type { KeyDocument } from '@auth/keys/key-document';
import { KeyCommandError } from './key-command-error.ts';

/** The documents of a folder, by service. */
export type Folder = ReadonlyMap<string, KeyDocument>;

/** One step of a rotation: what it changes, whether it is safe now, and what comes after it. */
export interface Step {
  /** In the words of the one who reads it: `published order.product.2 at both ends`. */
  readonly did: string;
  /** The documents it changes, in the order in which they must be written. */
  readonly writes: readonly KeyDocument[];
  /** Who is not ready for it, and why. Empty: nobody breaks. */
  readonly blockers: readonly string[];
  readonly next: string;
  /** Whether the rotation has come to its end with this step. */
  readonly last: boolean;
}

/** Finds the document of a service that must be there. */
export function documentOf(folder: Folder, service: string): KeyDocument {
  const document = folder.get(service);
  if (document === undefined) throw new KeyCommandError(`there is no ${service}.json: run pnpm keys init first`);
  return document;
}
