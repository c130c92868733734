/** The client has closed its connection. `type` is that of body-parser's error, so that both are handled alike: no answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
  readonly type = 'request.aborted';
}

/** Throws when the client is gone, before work begins. @throws ClientGoneError */
export function assertNotGone(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClientGoneError('the client has closed its connection');
}
