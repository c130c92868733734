/** How long this process may rely on its lease. */
export interface Hold {
  isHeld(): boolean;
  /** Records a renewal whose statement was sent at that time of `performance.now()`. */
  extend(sentAt: number): void;
  /** Resolves when the lease has expired or the signal is aborted. */
  expired(signal: AbortSignal): Promise<void>;
}

/** How much earlier the holder stops than another process may start. */
const marginMs = 250;

/**
 * Creates the hold on a lease. Its life counts from before the statement that took or renewed the lease was sent, by the
 * monotonic clock. It counts by the wall clock as well, since the monotonic clock stands still while a machine is suspended.
 */
export function createHold({ leaseMs, askedAt }: { readonly leaseMs: number; readonly askedAt: number }): Hold {
  const wallAt = (monotonic: number) => Date.now() - (performance.now() - monotonic);
  const trustMs = leaseMs - Math.min(marginMs, leaseMs / 10);
  let from = { monotonic: askedAt, wall: wallAt(askedAt) };
  const leftMs = () => trustMs - Math.max(performance.now() - from.monotonic, Date.now() - from.wall);
  return {
    isHeld: () => leftMs() > 0,
    extend(sentAt) {
      from = { monotonic: sentAt, wall: wallAt(sentAt) };
    },
    expired: (signal) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout;
        function look(): void {
          if (signal.aborted || leftMs() <= 0) done();
          else timer = setTimeout(look, leftMs());
        }
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        }
        signal.addEventListener('abort', done);
        look();
      }),
  };
}
