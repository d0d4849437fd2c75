import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followAliases } from './answers.ts';
import { recordOf } from './name-servers.fixtures.ts';

const a = (owner: string, ip: string, ttl: number) => recordOf(owner, 'A', ip, ttl);
const alias = (owner: string, target: string, ttl = 10) => recordOf(owner, 'CNAME', target, ttl);

describe('aliases in an answer', () => {
  it('lead to the records; the shortest time to live on the way counts', () => {
    const answers = [a('c', '10.0.0.2', 9), alias('b', 'c', 20), alias('a', 'b', 7), a('c', '10.0.0.1', 30)];
    assert.deepEqual(followAliases(answers, 'a', 'A'), {
      chain: ['a', 'b', 'c'],
      records: [a('c', '10.0.0.2', 9), a('c', '10.0.0.1', 30)],
      ttl: 7,
      isLoop: false,
    });
    assert.equal(followAliases(answers, 'c', 'A').ttl, 9);
  });

  it('may lead out of the answer', () => {
    const { chain, records, ttl } = followAliases([alias('a', 'b', 7)], 'a', 'A');
    assert.deepEqual([chain, records, ttl], [['a', 'b'], [], 7]);
  });

  it('that come back are a loop', () => {
    const { chain, isLoop } = followAliases([alias('a', 'b'), alias('b', 'c'), alias('c', 'b')], 'a', 'A');
    assert.deepEqual([chain, isLoop], [['a', 'b', 'c', 'b'], true]);
    assert.equal(followAliases([alias('a', 'a')], 'a', 'A').isLoop, true);
  });

  it('are the records themselves when they are asked for', () => {
    assert.deepEqual(followAliases([alias('a', 'b')], 'a', 'CNAME').records, [alias('a', 'b')]);
  });

  it('leave out records of other names and types', () => {
    const answers = [a('x', '10.6.6.6', 1), recordOf('a', 'AAAA', 'fd00::1')];
    assert.deepEqual(followAliases(answers, 'a', 'A').records, []);
  });
});
