import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

/** Counts of one run of Node's test runner. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Environment variable that names the file to which the reporter writes {@link TestCounts} as JSON. */
export const countsVariable = 'GIBBON_TEST_COUNTS';

/** Lets through what a reader of a long run wants to see: failures with their suites, output, counts. */
export async function* withoutPasses(source: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  // Starts wait until something below them fails.
  let pending: TestEvent[] = [];
  for await (const event of source) {
    switch (event.type) {
      case 'test:start':
        pending.push(event);
        break;
      case 'test:pass': {
        const start = pending.at(-1);
        if (start?.type === 'test:start' && start.data.nesting === event.data.nesting) pending.pop();
        else yield event;
        break;
      }
      case 'test:fail':
        yield* pending;
        pending = [];
        yield event;
        break;
      case 'test:enqueue':
      case 'test:dequeue':
      case 'test:complete':
      case 'test:plan':
        break;
      default:
        yield event;
    }
  }
}

/** Passes events on and writes the counts of the whole run to `path`, where there is one. */
async function* counting(source: AsyncIterable<TestEvent>, path: string | undefined): AsyncGenerator<TestEvent> {
  for await (const event of source) {
    if (event.type === 'test:summary' && event.data.file === undefined && path !== undefined) {
      const { passed, failed, cancelled, skipped, todo } = event.data.counts as unknown as Record<string, number>;
      const counts: TestCounts = {
        passed: passed ?? 0,
        failed: (failed ?? 0) + (cancelled ?? 0),
        skipped: (skipped ?? 0) + (todo ?? 0),
      };
      writeFileSync(path, JSON.stringify(counts));
    }
    yield event;
  }
}

/** The reporter of `npm test`, on top of Node's own `spec`. */
async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const events = withoutPasses(counting(source, process.env[countsVariable]));
  for await (const text of Readable.from(events).compose(new spec())) yield String(text);
}

// Node takes a reporter from the default export only.
export { report as default };
