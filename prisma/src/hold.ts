/** How long this process may trust that it holds a lease. */
export interface Hold {
  isHeld(): boolean;
  /** The lease was renewed by a statement that was sent then, by `performance.now()`. */
  extend(sentAt: number): void;
  /** Resolves when the lease is not held any more, or when the signal is aborted. */
  expired(signal: AbortSignal): Promise<void>;
}

/** The holder stops a little before another process may start. */
const marginMs = 250;

/**
 * Creates the hold on a lease. It counts from before the statement that took or renewed the lease was sent, by the
 * monotonic clock; and by the wall clock as well, since the monotonic one stands still while a machine is suspended.
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
