import { randomUUID } from 'node:crypto';
import type { EntityEvent } from '../../../events/index.ts';
import { type FeedOptions, feedPage, type PublishedEvent } from '../feed.ts';
import type { Client } from './connection.ts';

/** The notification that follows a commit; its payload is the id of the node that wrote. */
export const notificationChannel = 'gibbon_changes';

/** How long events are kept, in milliseconds, as Kong does. */
export const eventsKeptMs = 3_600_000;

/** Kong's nodes read other channels of the table and leave this one alone. */
const channel = 'gibbon:changes';

/**
 * Writes an event and sends the notification, both as part of the transaction. Writers come one at a time, so places in
 * time are given in the order of the commits, whatever the server's clock does. Returns the place of the event before it
 * and its own.
 */
export async function publish(
  client: Client,
  nodeId: string,
  event: EntityEvent,
): Promise<{ readonly previous: string; readonly own: string }> {
  const { rows } = await client.query(
    'WITH "last" AS (SELECT max("at") AS "at" FROM "cluster_events" WHERE "channel" = $1::text), ' +
      '"event" AS (INSERT INTO "cluster_events" ("id", "node_id", "at", "expire_at", "channel", "data") ' +
      `SELECT $2::uuid, $3::text::uuid, "now", "now" + interval '${eventsKeptMs} milliseconds', $1::text, $4 FROM ` +
      `(SELECT GREATEST(clock_timestamp(), "at" + interval '1 microsecond') AS "now" FROM "last") AS "place" ` +
      `RETURNING "at"), "sent" AS (SELECT pg_notify('${notificationChannel}', $3::text)) ` +
      'SELECT "last"."at"::text, "event"."at"::text FROM "last", "event", "sent"',
    [channel, randomUUID(), nodeId, JSON.stringify(event)],
  );
  const [previous, own] = rows[0]!;
  return { previous: previous ?? '', own: own! };
}

/** How a feed reads the table of events. */
export function eventReaders(client: Client, nodeId: string): Pick<FeedOptions, 'newest' | 'read'> {
  return {
    async newest() {
      const { rows } = await client.query(
        'SELECT COALESCE(max("at"), clock_timestamp())::text FROM "cluster_events" WHERE "channel" = $1',
        [channel],
      );
      return rows[0]![0]!;
    },
    async read({ after, before = 'infinity', withOwn }) {
      const { rows } = await client.query(
        'SELECT "at"::text, "data" FROM "cluster_events" WHERE "channel" = $1 AND "at" > $2::timestamptz ' +
          'AND "at" < $3::timestamptz AND ($4 OR "node_id" <> $5::uuid) ORDER BY "at" LIMIT $6',
        [channel, after, before, withOwn, nodeId, feedPage],
      );
      return rows.map(
        ([position, data]): PublishedEvent => ({ position: position!, ...(JSON.parse(data!) as EntityEvent) }),
      );
    },
  };
}
