import { answerOk, type Endpoint } from '../endpoint.ts';
import type { AdminOptions } from '../types.ts';

/** `/timers`: how many timers there are, in the shape of Kong's timer library, which counts far more of them. */
export function timersEndpoint({ node }: AdminOptions): Endpoint {
  return {
    path: '/timers',
    methods: {
      async GET() {
        const { running, pending } = node.timers();
        const flame = { running: `@ ${running}\n`, pending: `@ ${pending}\n`, elapsed_time: '@ 0\n' };
        return answerOk({
          worker: { id: -1, count: node.pids().workers.length },
          stats: {
            flamegraph: flame,
            sys: { running, pending, waiting: 0, runs: 0, total: running + pending },
            timers: {},
          },
        });
      },
    },
  };
}
