import type { ClusterNotice, EntityChange, EntityEvent } from '../../../events/index.ts';
import { type FeedOptions, feedPage, type PublishedEvent } from '../feed.ts';
import type { Client } from './connection.ts';

/** How long events are kept, in milliseconds. */
export const eventsKeptMs = 3_600_000;

/** Changes that one event holds at most: what the server takes in one statement is limited. */
const batch = 1000;

/**
 * Writes an event as part of the transaction. Writers come one at a time, so numbers are given in the order of the
 * commits. Returns the place of the event before it and its own.
 */
export async function publish(
  client: Client,
  nodeId: string,
  { changes, notice }: EntityEvent,
): Promise<{ readonly previous: string; readonly own: string }> {
  const previous = await newest(client);
  let own = previous;
  const insert = async (content: readonly EntityChange[] | ClusterNotice): Promise<void> => {
    const { insertId } = await client.run('INSERT INTO `gibbon_events` (`node_id`, `changes`) VALUES (?, ?)', [
      nodeId,
      JSON.stringify(content),
    ]);
    own = String(insertId);
  };
  for (let at = 0; at < changes.length; at += batch) await insert(changes.slice(at, at + batch));
  if (notice !== undefined) await insert(notice);
  return { previous, own };
}

/** How a feed reads the table of events. */
export function eventReaders(client: Client, nodeId: string): Pick<FeedOptions, 'newest' | 'read'> {
  return {
    newest: () => newest(client),
    async read({ after, before, withOwn }) {
      const rows = await client.query(
        'SELECT `id`, `changes` FROM `gibbon_events` WHERE `id` > ? AND `id` < ? AND (? = 1 OR `node_id` <> ?) ' +
          `ORDER BY \`id\` LIMIT ${feedPage}`,
        [Number(after), before === undefined ? Number.MAX_SAFE_INTEGER : Number(before), withOwn ? 1 : 0, nodeId],
      );
      return rows.map(([id, text]): PublishedEvent => {
        const position = String(id);
        const content = JSON.parse(String(text)) as readonly EntityChange[] | ClusterNotice;
        return 'topic' in content ? { position, changes: [], notice: content } : { position, changes: content };
      });
    },
  };
}

/** Forgets events that every node has had time to read. */
export async function removeOldEvents(client: Client): Promise<void> {
  const seconds = eventsKeptMs / 1000;
  await client.run(`DELETE FROM \`gibbon_events\` WHERE \`at\` < NOW() - INTERVAL ${seconds} SECOND`);
}

async function newest(client: Client): Promise<string> {
  const [row] = await client.query('SELECT COALESCE(MAX(`id`), 0) FROM `gibbon_events`');
  return String(row![0]);
}
