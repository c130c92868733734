/**
 * The user and the session on whose behalf a change is made, from a verified access token. The transaction of the change
 * checks again that the session has not ended.
 */
export interface Actor {
  readonly userId: string;
  readonly sid: string;
  /** The `iat` of the access token. */
  readonly issuedAt: number;
}

/** Reads the actor from the claims of a verified access token. */
export function actorOf({ sub, sid, iat }: { sub: string; sid: string; iat: number }): Actor {
  return { userId: sub, sid, issuedAt: iat };
}
