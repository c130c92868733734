import { failureReason } from '../measure/failure-reason.ts';

/** How a login went in a few words: `works`, `503 unavailable`, `ECONNREFUSED`. */
export async function loginOutcome(logIn: () => Promise<unknown>): Promise<string> {
  try {
    await logIn();
    return 'works';
  } catch (error) {
    const reason = failureReason(error);
    const [, status] = / answered (\d+)/.exec(reason) ?? [];
    const [, code] = /"code":"(\w+)"/.exec(reason) ?? [];
    return status === undefined ? reason : `${status} ${code ?? ''}`.trim();
  }
}
