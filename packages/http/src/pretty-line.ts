import pretty from 'pino-pretty';

/** Named in the message already, or of no use on a terminal. */
const NOT_SHOWN: ReadonlySet<string> = new Set(
  'level time msg service err audit method path status ms requestId traceId'.split(' '),
);
const TRACE_DIGITS = 8;
const PLAIN = /^[\w.:@/-]+$/;
// Control and format characters, line and paragraph separators: what moves the cursor or turns the text around.
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Makes a function that turns one JSON log line into one line for people (and the stack of an error below it). */
export function prettyLine(options: { color: boolean }): (line: string) => string {
  const format = pretty.prettyFactory({
    colorize: options.color,
    translateTime: 'SYS:HH:MM:ss.l',
    customPrettifiers: { time: (time) => String(time) },
  });
  return (line) => {
    const log: Record<string, unknown> = JSON.parse(line);
    const text = message([log['msg'], ...members(log)].join(' '));
    // Only this much is handed over: pino-pretty prints some other members, such as `name`, unescaped.
    return String(format({ level: log['level'], time: log['time'], msg: text + stack(log['err'], '\n    ') }));
  };
}

/** Escapes line breaks and what steers a terminal, so that nothing in an entry can pass for another one. */
function message(text: string): string {
  return text.replace(CONTROL, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u{${character.codePointAt(0)?.toString(16)}}` : escaped;
  });
}

function members(log: Record<string, unknown>): string[] {
  const shown = Object.entries(log).filter(([name]) => !NOT_SHOWN.has(name));
  const { traceId, requestId, code } = log;
  if (typeof traceId === 'string') shown.push(['trace', traceId.slice(0, TRACE_DIGITS)]);
  // Whoever was refused has this id in the answer.
  if (code !== undefined && requestId !== undefined) shown.push(['request', requestId]);
  return shown.map(([name, value]) => `${name}=${text(value)}`);
}

function text(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
}

function stack(err: unknown, indent: string): string {
  if (typeof err !== 'object' || err === null) return '';
  const own = 'stack' in err && typeof err.stack === 'string' ? err.stack : text(err);
  const cause = 'cause' in err ? stack(err.cause, `${indent}caused by: `) : '';
  return indent + own.split('\n').map(message).join('\n    ') + cause;
}
