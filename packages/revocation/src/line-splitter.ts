/** Makes lines of chunks. Of a line that is too long one character too many is kept, so that its reader refuses it. */
export function createLineSplitter(maxLength: number): (chunk: string) => string[] {
  let rest = '';
  return (chunk) => {
    const [first = '', ...more] = chunk.split('\n');
    const lines = [
      rest + first.slice(0, maxLength + 1 - rest.length),
      ...more.map((line) => line.slice(0, maxLength + 1)),
    ];
    rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  };
}
