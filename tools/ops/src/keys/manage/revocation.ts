import type { KeyDocument } from '@auth/keys/key-document';

/** Documents that are written together, and what must be loaded before the next ones are. */
export interface Stage {
  readonly writes: readonly KeyDocument[];
  readonly mustLoad: readonly {
    readonly service: string;
    readonly kid: string;
    readonly member: string;
    readonly state?: string;
  }[];
}

/** The removal of a key at once, in an order in which only tokens of an attacker who has the key fail. */
export interface Revocation {
  /** A rotation without its waiting times. Interrupted after any document, it looks like an interrupted rotation. */
  readonly stages: readonly Stage[];
  /** The key that takes its place, if it was the one in use. */
  readonly successor: string | undefined;
}
