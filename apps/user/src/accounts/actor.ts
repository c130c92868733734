/**
 * The user and the session on whose behalf a change is made, as an access token names them. The token was checked before
 * the change; whether its session still runs is checked again in the transaction of the change.
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
