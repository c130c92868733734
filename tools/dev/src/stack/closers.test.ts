import { describe, expect, it } from '@jest/globals';
import { createClosers } from './closers.ts';

describe('createClosers', () => {
  it('closes the last opened first, and each once', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add(() => void closed.push('postgres'));
    closers.add(async () => void closed.push('services'));
    await closers.closeAll();
    await closers.closeAll();
    expect(closed).toEqual(['services', 'postgres']);
  });

  it('closes the rest when one fails, and then rejects', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add(() => void closed.push('postgres'));
    closers.add(() => {
      throw new Error('hangs');
    });
    await expect(closers.closeAll()).rejects.toThrow('hangs');
    expect(closed).toEqual(['postgres']);
  });
});
