import { f } from '../fields.ts';
import { host, port, sni } from './hosts.ts';
import { headerName } from './http.ts';
import { timeout } from './times.ts';
import { typedef } from './typedef.ts';

/** How to reach a Redis server. */
export const redis = typedef(
  f.record({
    host: host(),
    port: port({ default: 6379 }),
    timeout: timeout({ default: 2000 }),
    username: f.string({ referenceable: true }),
    password: f.string({ referenceable: true, encrypted: true, len_min: 0 }),
    database: f.integer({ default: 0 }),
    ssl: f.boolean({ required: false, default: false }),
    ssl_verify: f.boolean({ required: false, default: false }),
    server_name: sni({ required: false }),
  }),
);

/** How entries wait for a server, and how often it is tried. Times are in seconds. */
export const queue = typedef(
  f.record(
    {
      max_batch_size: f.integer({ default: 1, between: [1, 1_000_000] }),
      max_coalescing_delay: f.number({ default: 1, between: [0, 3600] }),
      max_entries: f.integer({ default: 10_000, between: [1, 1_000_000] }),
      max_bytes: f.integer(),
      max_retry_time: f.number({ default: 60 }),
      initial_retry_delay: f.number({ default: 0.01, between: [0.001, 1_000_000] }),
      max_retry_delay: f.number({ default: 60, between: [0.001, 1_000_000] }),
      concurrency_limit: f.integer({ default: 1, one_of: [-1, 1] }),
    },
    { typedef: 'queue' },
  ),
);

const extractors = ['b3', 'w3c', 'jaeger', 'ot', 'datadog', 'aws', 'gcp'] as const;
const injectors = ['preserve', 'b3', 'b3-single', 'w3c', 'jaeger', 'ot', 'datadog', 'aws', 'gcp'] as const;

/** Which headers carry a trace in and out. */
export const propagation = typedef(
  f.record(
    {
      extract: f.array(f.string({ one_of: extractors })),
      clear: f.array(headerName()),
      inject: f.array(f.string({ one_of: injectors })),
      default_format: f.string({ one_of: injectors, required: true }),
    },
    { typedef: 'propagation' },
  ),
);
