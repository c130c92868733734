/** Asks the gateway, whose cookie the browser sends by itself: no script can read it. */
export const askScript = `/** What the gateway, or a service behind it, refused with; its message is for the user. */
export class Refusal extends Error {
  constructor(message, { status, errors = [] } = {}) {
    super(message);
    /** Absent when there was no answer. */
    this.status = status;
    /** One for each wrong field: detail, and pointer, a JSON pointer into what was sent. */
    this.errors = errors;
  }
}

/** The content of an answer; undefined for none. Throws a Refusal for everything but success. */
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
  const detail = problem?.detail ?? 'The gateway answered ' + answer.status + '.';
  const seconds = answer.headers.get('Retry-After');
  return seconds === null ? detail : detail + ' (' + seconds + ' s)';
}
`;
