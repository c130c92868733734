/** Ties what is asked to the user for whom it is asked. */
export const visitScript = `import { ask } from '/shop/ask.js';

/**
 * The visit of one user. When it has ended, by the page or by a 401, no answer that was still under way reaches the page:
 * it may be about somebody who is gone.
 */
export function createVisit({ onOver }) {
  const ending = new AbortController();
  const { signal } = ending;
  const nothing = () => new Promise(() => {});
  return {
    end: () => ending.abort(),
    async ask(method, path, more) {
      try {
        const content = await ask(method, path, { ...more, signal });
        return signal.aborted ? nothing() : content;
      } catch (refusal) {
        if (signal.aborted) return nothing();
        if (refusal.status !== 401) throw refusal;
        ending.abort();
        onOver();
        return nothing();
      }
    },
  };
}
`;
