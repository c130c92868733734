import type { Dispatcher } from 'undici';

/** A GET request, as every variant sends it. */
export interface Ask {
  /** Base URL, without a slash at the end. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Status and body of an answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request and reads its answer to the end, with as little work as possible on the measured machine. */
export function answerTo(dispatcher: Dispatcher, { origin, path, headers }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const parts: Buffer[] = [];
    dispatcher.dispatch(
      { origin, path, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => void parts.push(chunk),
        onResponseEnd: () => resolve({ status, text: Buffer.concat(parts).toString() }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** The outcome of a request in a few words: `200`, `503 unavailable`, `ECONNREFUSED`. */
export async function outcomeOf(answer: Promise<Answer>): Promise<string> {
  try {
    const { status, text } = await answer;
    return status === 200 ? '200' : `${status} ${codeIn(text)}`.trim();
  } catch (error) {
    return failureReason(error);
  }
}

/** The outcome of a login in a few words: `works`, `503 unavailable`, `ECONNREFUSED`. */
export async function loginOutcome(logIn: () => Promise<unknown>): Promise<string> {
  try {
    await logIn();
    return 'works';
  } catch (error) {
    const reason = failureReason(error);
    const [, status] = / answered (\d+)/.exec(reason) ?? [];
    return status === undefined ? reason : `${status} ${codeIn(reason)}`.trim();
  }
}

/** The code of a problem document (RFC 9457), or nothing. */
export function codeIn(text: string): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? '';
}

/**
 * The reason of a failed request in a word: `ECONNREFUSED`, or the whole message. It reads members in place of `instanceof
 * Error`, which is false for errors of Node's core in Jest's realm.
 */
function failureReason(error: unknown): string {
  for (const each of [error, memberOf(error, 'cause')]) {
    const code = memberOf(each, 'code');
    if (typeof code === 'string') return code;
  }
  return String(error);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
