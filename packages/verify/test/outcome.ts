import { AuthError } from '../src/auth-error.ts';

/** How a check ends: `accepted`, or the code and the reason of its refusal. Any other error is a failure of the test. */
export function outcomeOf(check: () => unknown): string {
  try {
    check();
    return 'accepted';
  } catch (error) {
    return refusalText(error);
  }
}

/** The same for a check that answers later. */
export async function outcomeLater(check: () => Promise<unknown>): Promise<string> {
  try {
    await check();
    return 'accepted';
  } catch (error) {
    return refusalText(error);
  }
}

function refusalText(error: unknown): string {
  if (!(error instanceof AuthError)) throw error;
  return `${error.code}: ${error.reason}`;
}
