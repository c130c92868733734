/** A share of the gateway's memory that a client holds: an incomplete body, or an answer that is not read. */
export interface Share {
  /** Frees the share, once. */
  release(): void;
}

/** Bounds the memory that clients hold at the gateway, for each client and in all. */
export interface Shares {
  /**
   * Takes a share for a client. A share is always granted: beyond a bound the oldest share of the same client, or of the
   * client that has the most, is revoked. So a new request is never refused because of slow ones.
   *
   * @param client the holder, such as an address
   * @param onRevoked called when the share is revoked; the holder has to stop
   */
  take(client: string, onRevoked: () => void): Share;
  readonly size: number;
}

export interface SharesOptions {
  readonly perClient: number;
  readonly total: number;
}

type Revoke = () => void;

/** Creates bounds without any holder. */
export function createShares({ perClient, total }: SharesOptions): Shares {
  /** By client, the oldest first. */
  const byClient = new Map<string, Set<Revoke>>();
  let size = 0;

  function remove(client: string, share: Revoke): boolean {
    const shares = byClient.get(client);
    if (shares?.delete(share) !== true) return false;
    if (shares.size === 0) byClient.delete(client);
    size -= 1;
    return true;
  }

  function revokeOldestOf(client: string): void {
    const [oldest] = byClient.get(client) ?? [];
    if (oldest === undefined) return;
    remove(client, oldest);
    oldest();
  }

  function clientWithMost(): string {
    let most = '';
    let count = 0;
    for (const [client, shares] of byClient) {
      if (shares.size > count) [most, count] = [client, shares.size];
    }
    return most;
  }

  return {
    take(client, onRevoked) {
      if ((byClient.get(client)?.size ?? 0) >= perClient) revokeOldestOf(client);
      else if (size >= total) revokeOldestOf(clientWithMost());
      // A new function for each share, so that one holder may have several.
      const share = () => onRevoked();
      const shares = byClient.get(client);
      if (shares === undefined) byClient.set(client, new Set([share]));
      else shares.add(share);
      size += 1;
      return { release: () => void remove(client, share) };
    },
    get size() {
      return size;
    },
  };
}
