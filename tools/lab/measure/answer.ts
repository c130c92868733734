import type { Dispatcher } from 'undici';
import { failureReason } from './failure-reason.ts';

/** A GET request, as every variant sends it. */
export interface Ask {
  /** Base URL, without a slash at the end. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back: how it went, and how many bytes of body. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request and reads its answer to the end, at the least cost to the machine that is measured. */
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

/** How a request went in a few words: `200`, `503 unavailable`, `ECONNREFUSED`. */
export async function outcomeOf(answer: Promise<Answer>): Promise<string> {
  try {
    const { status, text } = await answer;
    const code = /"code":"(\w+)"/.exec(text)?.[1];
    return status === 200 || code === undefined ? String(status) : `${status} ${code}`;
  } catch (error) {
    return failureReason(error);
  }
}
