/** A refusal of the gateway or of a service behind it. The message is for the user. */
export class Refusal extends Error {
  constructor(message, { status, errors = [] } = {}) {
    super(message);
    /** The status; `undefined` when there was no answer. */
    this.status = status;
    /** The wrong fields: `detail`, and `pointer`, a JSON pointer into the body of the request (RFC 6901). */
    this.errors = errors;
  }
}

/**
 * Sends a request to the gateway and returns the content of the answer; `undefined` for none. The browser adds the
 * cookie, which no script can read. @throws Refusal for everything but success
 */
export async function ask(method, path, { body, headers, signal } = {}) {
  const answer = await send(path, {
    method,
    headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
    ...{ signal, cache: 'no-store', credentials: 'same-origin', redirect: 'error' },
  });
  const content = await answer.json().catch(() => undefined);
  if (answer.ok) return content;
  throw new Refusal(wordsOf(answer, content), { status: answer.status, errors: content?.errors });
}

async function send(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Refusal('The gateway does not answer. Try again shortly.');
  }
}

function wordsOf(answer, problem) {
  const detail = problem?.detail ?? `The gateway answered ${answer.status}.`;
  const seconds = answer.headers.get('Retry-After');
  return seconds === null ? detail : `${detail} (${seconds} s)`;
}
