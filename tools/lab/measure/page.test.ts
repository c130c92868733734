import { describe, expect, it } from '@jest/globals';
import { fillIn } from './page.ts';

const page =
  '# Title\n<!-- compare:a -->\nold\n<!-- /compare:a -->\nprose\n<!-- compare:b -->\n<!-- /compare:b -->\nend\n';

describe('fillIn', () => {
  it('replaces the text between the marks and nothing else, repeatedly', () => {
    const once = fillIn(page, { a: 'first $1', b: '| x |\n| y |' }, 'compare');
    expect(once).toBe(
      '# Title\n<!-- compare:a -->\nfirst $1\n<!-- /compare:a -->\nprose\n<!-- compare:b -->\n| x |\n| y |\n<!-- /compare:b -->\nend\n',
    );
    expect(fillIn(once, { a: 'old', b: 'new' }, 'compare')).toBe(
      page.replace('<!-- /compare:b', 'new\n<!-- /compare:b'),
    );
  });

  it('rejects a page without a place for a block, and a block that is not given', () => {
    expect(() => fillIn(page, { a: '', b: '', c: '' }, 'compare')).toThrow('no place for c');
    expect(() => fillIn(page, { a: '' }, 'compare')).toThrow('a place for b');
  });
});
