import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { withoutPasses } from './reporter.ts';
import { formatTable } from './summary.ts';

type Brief = readonly [type: string, name: string, nesting: number];

async function filter(events: readonly Brief[]): Promise<Brief[]> {
  async function* source(): AsyncGenerator<TestEvent> {
    for (const [type, name, nesting] of events) {
      yield { type: `test:${type}`, data: { name, nesting } } as unknown as TestEvent;
    }
  }
  const kept: Brief[] = [];
  for await (const event of withoutPasses(source())) {
    const { name, nesting } = event.data as { name: string; nesting: number };
    kept.push([event.type.slice('test:'.length), name, nesting]);
  }
  return kept;
}

describe('withoutPasses', () => {
  it('drops what passed, with its suites', async () => {
    assert.deepEqual(
      await filter([
        ['start', 'suite', 0],
        ['start', 'one', 1],
        ['pass', 'one', 1],
        ['pass', 'suite', 0],
        ['diagnostic', 'tests 1', 0],
      ]),
      [['diagnostic', 'tests 1', 0]],
    );
  });

  it('keeps a failure with the suites around it, and nothing of its neighbours', async () => {
    assert.deepEqual(
      await filter([
        ['start', 'suite', 0],
        ['start', 'before', 1],
        ['pass', 'before', 1],
        ['start', 'bad', 1],
        ['fail', 'bad', 1],
        ['start', 'after', 1],
        ['pass', 'after', 1],
        ['fail', 'suite', 0],
        ['start', 'other', 0],
        ['pass', 'other', 0],
      ]),
      [
        ['start', 'suite', 0],
        ['start', 'bad', 1],
        ['fail', 'bad', 1],
        ['fail', 'suite', 0],
      ],
    );
  });
});

describe('formatTable', () => {
  it('aligns names, times and notes', () => {
    assert.equal(
      formatTable([
        { name: 'types', ok: true, ms: 1234 },
        { name: 'unit tests', ok: false, ms: 61_000, note: '9 passed, 1 failed' },
      ]),
      '  ok      types          1.2 s\n  FAILED  unit tests    61.0 s  9 passed, 1 failed\n',
    );
  });
});
