import { f, typedefs } from '../../schema/index.ts';

const longest = 2 ** 31 - 2;

/** Configuration of resilience. */
export const config = {
  retry: f.record(
    {
      statuses: f.array(f.integer({ between: [400, 599] }), {
        required: true,
        default: [],
        description:
          'Answers of these statuses are dropped, and the request is tried again, while the service has `retries` left.',
      }),
      methods: f.array(typedefs.httpMethod(), {
        description:
          'Requests with these methods may be sent again after they were sent; the idempotent ones unless told. Name POST or PATCH only where doing something twice does no harm.',
      }),
      try_timeout: f.integer({
        required: true,
        default: 0,
        between: [0, longest],
        description:
          'Milliseconds that a try may take from the request to the head of the answer; 0 for no limit but `read_timeout`.',
      }),
      budget_percent: f.number({
        between: [0, 100],
        description:
          'Further tries of any kind may be this many per cent of the requests of the last ten seconds; as many as `retries` allows unless told.',
      }),
      budget_min_per_second: f.number({
        required: true,
        default: 1,
        between: [0, 1000],
        description: 'So many further tries a second are made whatever the budget.',
      }),
    },
    { description: 'Tries requests again in more cases than broken connections and time-outs.' },
  ),
  ejection: f.record(
    {
      failures: f.integer({
        required: true,
        default: 0,
        between: [0, 10_000],
        description: 'So many failures in a row eject a target of the upstream; 0 for never.',
      }),
      statuses: f.array(f.integer({ between: [400, 599] }), {
        required: true,
        default: [500, 502, 503, 504],
        description:
          'Answers of these statuses are failures, as are broken connections and time-outs; all others end the row.',
      }),
      time: f.number({
        required: true,
        default: 30,
        between: [0.1, 86_400],
        description: 'Seconds that a target is out for the first time; twice as long each time that it fails again.',
      }),
      max_time: f.number({
        required: true,
        default: 300,
        between: [0.1, 86_400],
        description: 'Seconds that a target is out at the most.',
      }),
      max_share: f.number({
        required: true,
        default: 50,
        between: [0, 100],
        description: "Per cent of the upstream's weight that may be out at the same time.",
      }),
    },
    { description: 'Takes targets that fail again and again out for a while: a circuit breaker for each of them.' },
  ),
};
