import pretty from 'pino-pretty';

/** Members that are not printed: the message has them already, or they do not help on a terminal. */
const NOT_SHOWN: ReadonlySet<string> = new Set(
  'level time msg service err audit method path status ms requestId traceId'.split(' '),
);
const TRACE_DIGITS = 8;
const PLAIN = /^[\w.:@/-]+$/;
// Control and format characters, line and paragraph separators: they move the cursor or reverse the text.
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Creates a function that formats one JSON log line for people, with the stack of an error below it. */
export function prettyLine(options: { color: boolean }): (line: string) => string {
  const format = pretty.prettyFactory({
    colorize: options.color,
    translateTime: 'SYS:HH:MM:ss.l',
    customPrettifiers: { time: (time) => String(time) },
  });
  return (line) => {
    const log: Record<string, unknown> = JSON.parse(line);
    const text = message([log['msg'], ...members(log)].join(' '));
    // Only these members are passed on: pino-pretty prints some others, such as `name`, unescaped.
    return String(format({ level: log['level'], time: log['time'], msg: text + stack(log['err'], '\n    ') }));
  };
}

/** Escapes line breaks and terminal control characters, so that an entry cannot imitate another one. */
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
  // The client has this id in the error answer.
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
