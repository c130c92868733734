/** Takes lines of a log. */
export interface LineBuffer {
  /** `urgent` lines are written at once, with those that waited before them; `audit` lines are the last to be dropped. */
  write(line: string, options: { urgent: boolean; audit?: boolean }): void;
  /** Writes as much as possible now. `false`: some lines still wait. */
  flush(): boolean;
}

export interface LineBufferOptions {
  /** Writes as many of the bytes as can be taken at once and returns their number; throws as `fs.writeSync` does. */
  readonly write: (bytes: Buffer) => number;
  /** The most characters that wait for a reader: lines beyond it are dropped. 4 million. */
  readonly mostCharacters?: number;
  /** How many of these are kept free for audit lines; 1 million. */
  readonly reservedCharacters?: number;
  /** Called for every dropped line. */
  readonly onDropped?: (lines: number) => void;
  /** Called when writing goes on, with the number of lines that were dropped meanwhile. */
  readonly onResumed?: (lines: number) => void;
}

/** How long a line may wait for others, in ms. */
const gatherMs = 10;
/** What waits is written when it is longer: some hundred lines. */
const gatheredCharacters = 32_768;
/** How long to wait before another try to write, in ms: twice as long each time, up to the second one. */
const [firstRetryMs, lastRetryMs] = [1, 100];

/** Whether the output may accept more later: its reader is slow, or its disk is full. */
const later: ReadonlySet<unknown> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR', 'ENOSPC', 'EDQUOT']);
const newline = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Gathers the lines of a few milliseconds and writes them together: the write costs more than all the rest of a line.
 * A write never waits: bytes that cannot be written now are retried, and beyond a bound lines are dropped and counted.
 */
export function createLineBuffer(options: LineBufferOptions): LineBuffer {
  const { write, mostCharacters = 4_000_000, reservedCharacters = 1_000_000, onDropped, onResumed } = options;
  let waiting = '';
  let unwritten: Buffer = nothing;
  let dropped = 0;
  /** Whether the output ends in the middle of a line whose rest was dropped. */
  let cut = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = firstRetryMs;

  function drop(lines: number): void {
    dropped += lines;
    onDropped?.(lines);
  }

  function flush(): boolean {
    clearTimeout(timer);
    timer = undefined;
    while (unwritten.length > 0 || waiting !== '') {
      if (unwritten.length === 0) takeWaiting();
      try {
        advance(write(unwritten));
      } catch (error) {
        if (isLater(error)) {
          timer = setTimeout(flush, retryMs).unref();
          retryMs = Math.min(2 * retryMs, lastRetryMs);
          return false;
        }
        lose();
        return true;
      }
    }
    if (dropped > 0) resume();
    return true;
  }

  function takeWaiting(): void {
    unwritten = Buffer.from(cut ? `\n${waiting}` : waiting);
    waiting = '';
    cut = false;
  }

  function advance(written: number): void {
    if (written > 0) retryMs = firstRetryMs;
    cut = written > 0 && written < unwritten.length && unwritten[written - 1] !== newline;
    unwritten = unwritten.subarray(written);
  }

  /** Drops everything: the log has lost its reader. */
  function lose(): void {
    drop(unwritten.filter((byte) => byte === newline).length);
    unwritten = nothing;
  }

  function resume(): void {
    const lines = dropped;
    dropped = 0;
    onResumed?.(lines);
  }

  return {
    write(line, { urgent, audit = false }) {
      const room = audit ? mostCharacters : mostCharacters - reservedCharacters;
      if (unwritten.length + waiting.length + line.length > room) {
        drop(1);
        return;
      }
      waiting += line;
      // Lines behind those that cannot be written yet go out with them.
      if (unwritten.length > 0) return;
      if (urgent || waiting.length > gatheredCharacters) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    flush,
  };
}

function isLater(error: unknown): boolean {
  return error instanceof Error && 'code' in error && later.has(error.code);
}
