/** A buffer for log lines. */
export interface LineBuffer {
  /** Adds a line. `urgent` lines are written at once, with all lines before them; `audit` lines are dropped last. */
  write(line: string, options: { urgent: boolean; audit?: boolean }): void;
  /** Writes as much as possible now. Returns `false` when some lines are still buffered. */
  flush(): boolean;
}

export interface LineBufferOptions {
  /** Writes as many bytes as the output accepts and returns their number; throws like `fs.writeSync`. */
  readonly write: (bytes: Buffer) => number;
  /** The most characters in the buffer: lines beyond it are dropped. 4 million by default. */
  readonly maxCharacters?: number;
  /** How many of these characters are reserved for audit lines. 1 million by default. */
  readonly reservedCharacters?: number;
  /** Called for every dropped line. */
  readonly onDropped?: (lines: number) => void;
  /** Called when writing works again, with the number of lines that were dropped. */
  readonly onResumed?: (lines: number) => void;
}

/** How long a line may stay in the buffer, in ms. */
const gatherMs = 10;
/** The buffer is written when it is longer than this: some hundred lines. */
const gatheredCharacters = 32_768;
/** The first and the longest delay of a retry, in ms. Each delay is twice the last one. */
const [firstRetryMs, lastRetryMs] = [1, 100];

/** Error codes after which a retry may succeed: the reader is slow, or the disk is full. */
const retryable: ReadonlySet<unknown> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR', 'ENOSPC', 'EDQUOT']);
const newline = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Creates a buffer that collects log lines for a few milliseconds and writes them together: the write costs more than
 * all other work for a line. Writing never blocks: bytes that cannot be written now are retried. Beyond a limit,
 * lines are dropped and counted.
 */
export function createLineBuffer(options: LineBufferOptions): LineBuffer {
  const { write, maxCharacters = 4_000_000, reservedCharacters = 1_000_000, onDropped, onResumed } = options;
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
        if (isRetryable(error)) {
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

  /** Drops the unwritten lines: the log has lost its reader. */
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
      const room = audit ? maxCharacters : maxCharacters - reservedCharacters;
      if (unwritten.length + waiting.length + line.length > room) {
        drop(1);
        return;
      }
      waiting += line;
      // A retry is scheduled, and writes this line too.
      if (unwritten.length > 0) return;
      if (urgent || waiting.length > gatheredCharacters) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    flush,
  };
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && retryable.has(error.code);
}
