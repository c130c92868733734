const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Checks whether the host of a URL is this machine, so that `http:` to it leaves no network to listen on. */
export function isLoopback({ hostname }: URL): boolean {
  return loopback.test(hostname);
}
