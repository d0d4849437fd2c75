import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindows } from './windows.ts';

function windowsAt(time: string): { readonly starts: string[]; readonly ends: string[] } {
  const windows = createWindows();
  windows.moveTo(Date.parse(time));
  const texts = (moments: readonly number[]) => moments.map((moment) => new Date(moment).toISOString());
  return { starts: texts(windows.starts), ends: texts(windows.ends) };
}

test('windows follow the calendar of UTC', () => {
  assert.deepEqual(windowsAt('2026-11-20T13:37:42.500Z'), {
    starts: [
      '2026-11-20T13:37:42.000Z',
      '2026-11-20T13:37:00.000Z',
      '2026-11-20T13:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
      '2026-11-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
    ],
    ends: [
      '2026-11-20T13:37:43.000Z',
      '2026-11-20T13:38:00.000Z',
      '2026-11-20T14:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
      '2026-12-01T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
    ],
  });
});

test('months and years agree with the calendar on every day of 30 years', () => {
  const windows = createWindows();
  for (let day = Date.UTC(1999, 0, 1); day < Date.UTC(2029, 0, 1); day += 86_400_000) {
    windows.moveTo(day + 43_200_000);
    const date = new Date(day);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    assert.deepEqual(
      [windows.starts.slice(3), windows.ends.slice(3)],
      [
        [day, Date.UTC(year, month, 1), Date.UTC(year, 0, 1)],
        [day + 86_400_000, Date.UTC(year, month + 1, 1), Date.UTC(year + 1, 0, 1)],
      ],
    );
  }
});

test('the window before each is known', () => {
  const windows = createWindows();
  windows.moveTo(Date.parse('2026-01-01T00:00:00.000Z'));
  const former = [
    ['2025-12-31T23:59:59.000Z', 'second'],
    ['2025-12-31T23:59:00.000Z', 'minute'],
    ['2025-12-31T23:00:00.000Z', 'hour'],
    ['2025-12-31T00:00:00.000Z', 'day'],
    ['2025-12-01T00:00:00.000Z', 'month'],
    ['2025-01-01T00:00:00.000Z', 'year'],
  ];
  assert.deepEqual(
    windows.formerSuffixes,
    former.map(([start, period]) => `:${Date.parse(start!)}:${period}`),
  );
});

test('leap days of centuries are known', () => {
  assert.equal(windowsAt('2000-02-29T12:00:00Z').ends[4], '2000-03-01T00:00:00.000Z');
  assert.equal(windowsAt('2100-02-28T12:00:00Z').ends[3], '2100-03-01T00:00:00.000Z');
  assert.equal(windowsAt('2100-02-28T12:00:00Z').ends[4], '2100-03-01T00:00:00.000Z');
});

test('windows may move back with the clock', () => {
  const windows = createWindows();
  windows.moveTo(Date.parse('2026-01-01T00:00:00.000Z'));
  assert.equal(windows.suffixes[5], `:${Date.UTC(2026, 0, 1)}:year`);
  windows.moveTo(Date.parse('2025-12-31T23:59:59.999Z'));
  assert.deepEqual(
    [windows.starts[0], windows.suffixes[1], windows.starts[5]],
    [Date.parse('2025-12-31T23:59:59.000Z'), `:${Date.parse('2025-12-31T23:59:00.000Z')}:minute`, Date.UTC(2025, 0, 1)],
  );
});
