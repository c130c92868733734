/** The client has closed its connection. `type` is what body-parser says then, so the answer is left out for both alike. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
  readonly type = 'request.aborted';
}

/** @throws ClientGoneError: work that is not begun yet is not worth beginning */
export function assertNotGone(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClientGoneError('the client has closed its connection');
}
