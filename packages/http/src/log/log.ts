import { pino } from 'pino';
import { openStandardOutput } from './log-destination.ts';
import { prettyLine } from './pretty-line.ts';
import { redactLine } from './redact.ts';

/** A structured log: `log.info({ orderId }, 'placed')`. */
export type Log = pino.Logger;

const MAX_CAUSES = 5;

/** How and where to log. */
export interface LogOptions {
  service: string;
  level: string;
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  format: 'json' | 'pretty' | 'auto';
  /** Whether the pretty format has colors; as `isTerminal` when not given. */
  color?: boolean;
  isTerminal?: boolean;
  /** Standard output when not given. */
  destination?: NodeJS.WritableStream;
  /** Called for lines that could not be written: standard output is not read, or its disk is full. */
  onDropped?: (lines: number) => void;
}

/**
 * Creates the log of a service. Tokens, passwords, cookies and secrets are masked in every line, at any depth, also in
 * the bindings of child logs. When the reader of standard output stalls, lines are dropped and the process is not
 * blocked (`openStandardOutput`).
 */
export function createLog(options: LogOptions): Log {
  const { service, level, format, isTerminal = false, color = isTerminal } = options;
  const { onDropped = () => undefined } = options;
  const onResumed = (lines: number) =>
    log.warn({ lines }, `${lines} lines of this log were dropped: standard output did not accept them`);
  const destination = options.destination ?? openStandardOutput({ onDropped, onResumed });
  const asPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const forPeople = prettyLine({ color });
  const log: Log = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => errorFields(error) },
      hooks: { streamWrite: (line) => (asPretty ? forPeople(redactLine(line)) : redactLine(line)) },
    },
    destination,
  );
  return log;
}

/**
 * Returns the logged fields of an error: type, message, stack, code, and the same of its causes. Other members are left
 * out on purpose: the body parser, for example, adds the whole request body to its errors.
 */
function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  return {
    type: name,
    message,
    code,
    stack,
    cause: cause === undefined || depth >= MAX_CAUSES ? undefined : errorFields(cause, depth + 1),
  };
}
