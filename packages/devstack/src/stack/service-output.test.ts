import { describe, expect, it } from '@jest/globals';
import { createLineReader } from './service-output.ts';

describe('createLineReader', () => {
  it('passes on what the service writes, colours and all', () => {
    expect(createLineReader()('\u001b[32mlistening\u001b[39m')).toEqual({
      kind: 'text',
      text: '\u001b[32mlistening\u001b[39m',
    });
  });

  it('puts the exit code and the message of the watcher together', () => {
    const read = createLineReader();
    expect(read('\u001eexit 78')).toBeUndefined();
    expect(read("\u001b[31mFailed running 'src/main.ts'\u001b[39m")).toEqual({ kind: 'down', code: 78 });
  });

  it('understands the longer message of later Node versions', () => {
    expect(
      createLineReader()("Failed running 'src/main.ts'. Waiting for file changes before restarting..."),
    ).toMatchObject({ kind: 'down' });
  });

  it('knows no code of a program that was killed, not even that of the one before', () => {
    const read = createLineReader();
    read('\u001eexit 0');
    expect(read("Restarting 'src/main.ts'")).toEqual({ kind: 'restarting' });
    expect(read("Failed running 'src/main.ts'")).toEqual({ kind: 'down', code: undefined });
  });
});
