/** Takes lines of a log. */
export interface LineBuffer {
  /** `urgent` lines are written at once, with those that waited before them. */
  write(line: string, options: { urgent: boolean }): void;
  /** Writes what waits. */
  flush(): void;
}

/** How long a line may wait for others, in ms. */
const waitMs = 10;
/** What waits is written when it is longer: some hundred lines. */
const mostCharacters = 32_768;

/**
 * Gathers the lines of a few milliseconds and writes them together: the write costs more than all the rest of a line.
 *
 * @param write writes a text before it returns
 */
export function createLineBuffer(write: (text: string) => void): LineBuffer {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  }

  return {
    write(line, { urgent }) {
      waiting += line;
      if (urgent || waiting.length > mostCharacters) flush();
      else timer ??= setTimeout(flush, waitMs);
    },
    flush,
  };
}
