import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatLine, parseFile } from './file.ts';

describe('parseFile', () => {
  it('reads keys, drops comments and keeps escaped octothorpes', () => {
    const text = [
      '\uFEFF# a comment',
      'plain = value',
      '  spaced   =  two words  ',
      'tight=1 # why',
      'escaped = a\\#b \\# c # gone',
      'blank =',
      'commented = # nothing',
      'equals = a = b',
      'twice = 1',
      'twice = 2\r',
      '',
    ].join('\n');
    assert.deepEqual(
      [...parseFile(text).values],
      [
        ['plain', 'value'],
        ['spaced', 'two words'],
        ['tight', '1'],
        ['escaped', 'a#b # c'],
        ['blank', ''],
        ['commented', ''],
        ['equals', 'a = b'],
        ['twice', '2'],
      ],
    );
  });

  it('names lines that are no setting', () => {
    assert.deepEqual(parseFile('a = 1\nnonsense\n\n= 2\n').badLines, [2, 4]);
  });

  it('reads back what formatLine wrote', () => {
    const value = 'p#ss = \\word#';
    assert.deepEqual(parseFile(formatLine('key', value)).values, new Map([['key', value]]));
  });
});
