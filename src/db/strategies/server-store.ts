import type { EntityEvent } from '../../events/index.ts';
import { GibbonError, messageOf } from '../../kernel/index.ts';
import type { Feed } from './feed.ts';
import type { Decision, WriteSession } from './strategy.ts';

/** Which database of which server a store lies in. */
export interface StoreAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** Names a store in messages. */
export function storeName({ host, port, database }: StoreAddress): string {
  return `${host}:${port}/${database}`;
}

/** What it is told as when a store cannot be opened; what has been told already stays as it is. */
export function openFault(address: StoreAddress, fault: unknown): GibbonError {
  if (fault instanceof GibbonError) return fault;
  return new GibbonError(`Cannot open the store "${storeName(address)}": ${messageOf(fault)}`, {
    code: 'ERR_STORE_OPEN',
    cause: fault,
  });
}

/**
 * Runs work with a pool of connections that ends with it.
 * @throws GibbonError `ERR_STORE_OPEN` for whatever the driver or the server says
 */
export async function withPool<P extends { close(): Promise<void> }, T>(
  address: StoreAddress,
  open: () => P,
  work: (pool: P) => Promise<T>,
): Promise<T> {
  try {
    const pool = open();
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  } catch (fault) {
    throw openFault(address, fault);
  }
}

/** What a transaction on a store that nodes share is made of. */
export interface SharedStore<Client> {
  readonly pool: { lend<T>(work: (client: Client) => Promise<T>): Promise<T> };
  readonly feed: Feed;
  /** Opens a transaction alone among the writers of all nodes, and ends it as the work decides. */
  readonly inTransaction: <D extends Decision<unknown>>(client: Client, work: () => Promise<D>) => Promise<D>;
  readonly session: (client: Client) => WriteSession;
  /** Writes down what changed for the other nodes; gives the place of the event before it and its own. */
  readonly publish: (
    client: Client,
    event: EntityEvent,
  ) => Promise<{ readonly previous: string; readonly own: string }>;
  /** What it is told as when the driver or the server fails. */
  readonly fault: (fault: unknown) => GibbonError;
  /** Called once something has been committed. */
  readonly written?: () => void;
}

/** Runs a transaction, and tells of it once this node has heard of all that other nodes committed before. */
export async function transactShared<Client, T>(
  { pool, feed, inTransaction, session, publish, fault: told, written }: SharedStore<Client>,
  work: (session: WriteSession) => Promise<Decision<T>>,
): Promise<T> {
  let places: Awaited<ReturnType<typeof publish>> | undefined;
  let refusal: unknown;
  const inSession = (client: Client): Promise<Decision<T>> => {
    const publishing: WriteSession = {
      ...session(client),
      async publish(event) {
        places = await publish(client, event);
      },
    };
    return inTransaction(client, () =>
      work(publishing).catch((fault: unknown) => {
        refusal = fault;
        throw fault;
      }),
    );
  };
  const decision = await pool.lend(inSession).catch((fault: unknown) => {
    if (places !== undefined) feed.doubt();
    // What the work itself threw is passed on as it is; everything else comes from the driver or the server.
    throw fault === refusal ? fault : told(fault);
  });
  if (!decision.commit) return decision.value;
  written?.();
  // The connection is given back by now: a pool may have no other.
  if (places !== undefined) await feed.catchUp(places.previous, places.own);
  decision.committed?.();
  return decision.value;
}
