import { createWindows } from '../../../kits/windows/index.ts';
import { createFakeCounters, createManualClock } from '../../../pdk/testing.ts';
import { createLocalPolicy } from './local.ts';
import { testPolicy } from './policy.cases.ts';

testPolicy('local', (cells) => {
  const clock = createManualClock(Date.UTC(2026, 10, 20, 13, 0));
  const counters = createFakeCounters(() => clock.now());
  return { clock, policy: createLocalPolicy(counters, 'p:', cells, createWindows()) };
});
