import { createWindows } from '../../../kits/windows/index.ts';
import { createFakeHost, createManualClock } from '../../../pdk/testing.ts';
import { responseRatelimitingMetrics } from '../entities.ts';
import { createClusterPolicy } from './cluster.ts';
import { testPolicy } from './policy.cases.ts';

testPolicy(
  'cluster',
  (cells) => {
    const host = createFakeHost({ clock: createManualClock(Date.UTC(2026, 10, 20, 13, 0)) });
    const writer = host.writer(responseRatelimitingMetrics);
    return {
      clock: host.clock,
      policy: createClusterPolicy(writer, { serviceId: null, routeId: null }, cells, createWindows()),
    };
  },
  1,
);
