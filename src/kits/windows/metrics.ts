import { createHash } from 'node:crypto';
import { defineEntity, f } from '../../schema/index.ts';

/** The id that stands for no route and no service in what counters are called. */
export const nobody = '00000000-0000-0000-0000-000000000000';

/** Characters that a part of a counter's name may have: a database puts the whole name into an index. */
const longest = 340;

/**
 * Counters that are kept in the database, as rows of an entity; Kong's own on Postgres. `period_date` is the start of the
 * window in seconds since the epoch.
 */
export function defineMetrics<const N extends string>(name: N) {
  return defineEntity({
    name,
    primary_key: ['identifier', 'period', 'period_date', 'service_id', 'route_id'],
    ttl: true,
    db_export: false,
    generate_admin_api: false,
    fields: {
      identifier: f.string({ required: true, len_min: 0 }),
      period: f.string({ required: true }),
      period_date: f.integer({ required: true, timestamp: true }),
      service_id: f.string({ required: true, uuid: true }),
      route_id: f.string({ required: true, uuid: true }),
      value: f.integer({ required: true }),
    },
  });
}

/** Makes the keys of counters that belong to what a configuration is attached to; `start` is in milliseconds since the epoch. */
export function metricsKeys({
  serviceId,
  routeId,
}: {
  readonly serviceId: string | null;
  readonly routeId: string | null;
}): (identifier: string, period: string, start: number) => readonly (string | number)[] {
  return (identifier, period, start) => [
    // Whoever sends a long value of a header must not get past his limit by it.
    fitting(identifier),
    fitting(period),
    start / 1000,
    serviceId ?? nobody,
    routeId ?? nobody,
  ];
}

function fitting(text: string): string {
  return text.length <= longest ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
