import { ask } from './ask.js';

/**
 * Creates the visit of one user. After it has ended, by the page or by a 401, no answer reaches the page any more: it
 * could show the data of a user who logged out.
 */
export function createVisit({ onEnded }) {
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
        onEnded();
        return nothing();
      }
    },
  };
}
