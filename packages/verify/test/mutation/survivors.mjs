// Prints what survived the last `pnpm test:mutation`, a line each: place, code and what it was changed to.
import { readFileSync } from 'node:fs';
import { stdout } from 'node:process';

const report = new URL('../../../../reports/mutation/mutation.json', import.meta.url);
const { files } = JSON.parse(readFileSync(report, 'utf8'));

for (const [name, { source, mutants }] of Object.entries(files)) {
  const lines = source.split('\n');
  for (const { status, location, replacement } of mutants.sort(
    (a, b) => a.location.start.line - b.location.start.line,
  )) {
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const place = `${name.replace('packages/verify/src/', '')}:${location.start.line}`;
    stdout.write(`${place}  ${oneLine(textAt(lines, location))}  →  ${oneLine(replacement)}\n`);
  }
}

/** @param {{ start: { line: number, column: number }, end: { line: number, column: number } }} location counted from 1 */
function textAt(lines, { start, end }) {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = text.at(-1).slice(0, end.column - 1);
  return text.join('\n').slice(start.column - 1);
}

function oneLine(text) {
  const short = text.replaceAll(/\s+/g, ' ');
  return short.length > 100 ? `${short.slice(0, 99)}…` : short;
}
