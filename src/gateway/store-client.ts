import type { RowRequest } from '../cache/index.ts';
import { GibbonError } from '../kernel/index.ts';
import type { EntityWriter } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';
import type { FromWorker, RowAddition, RowWrite } from './messages.ts';

/** The store as a worker sees it: it belongs to the main thread, which is asked by message. */
export interface StoreClient {
  /** @throws GibbonError `ERR_STORE_READ` when the store cannot be read. */
  read(request: RowRequest): Promise<Row | null>;
  writer(entity: string): EntityWriter;
  /** The main thread has a row for question `id`, or none. */
  answered(id: number, row: Row | null): void;
  /** The main thread could not do what question `id` asked for. */
  failed(id: number, message: string): void;
}

/** Milliseconds for which a question to the main thread may stay unanswered. */
const answerTimeout = 10_000;

/** Creates a {@link StoreClient}. */
export function createStoreClient(send: (message: FromWorker) => void): StoreClient {
  const waiting = new Map<number, { resolve: (row: Row | null) => void; reject: (detail: string) => void }>();
  let lastQuestion = 0;

  function ask(message: (id: number) => FromWorker, faultOf: (detail: string) => GibbonError): Promise<Row | null> {
    lastQuestion += 1;
    const id = lastQuestion;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(faultOf(`no answer in ${answerTimeout / 1000} s`));
      }, answerTimeout);
      waiting.set(id, {
        resolve(row) {
          clearTimeout(timer);
          resolve(row);
        },
        reject(detail) {
          clearTimeout(timer);
          reject(faultOf(detail));
        },
      });
      send(message(id));
    });
  }

  const write = (row: RowWrite | RowAddition): Promise<Row | null> =>
    ask(
      (id) => ({ type: 'write', id, write: row }),
      (detail) => new GibbonError(`Cannot write ${row.entity} to the store: ${detail}`, { code: 'ERR_STORE_WRITE' }),
    );

  return {
    read: (request) =>
      ask(
        (id) => ({ type: 'find', id, request }),
        (detail) =>
          new GibbonError(`Cannot read ${request.entity} from the store: ${detail}`, { code: 'ERR_STORE_READ' }),
      ),
    writer(entity) {
      const living = (ttl: number | undefined): { readonly ttl?: number } => (ttl === undefined ? {} : { ttl });
      return {
        insert: async (given, ttl) => (await write({ entity, operation: 'insert', given, ...living(ttl) })) ?? given,
        update: async (id, given, ttl) =>
          (await write({ entity, operation: 'update', id, given, ...living(ttl) })) ?? undefined,
        delete: async (id) => (await write({ entity, operation: 'delete', id })) !== null,
        add: async (additions) =>
          (await write({ entity, operation: 'add', additions }))!['values'] as readonly number[],
      };
    },
    answered(id, row) {
      const question = waiting.get(id);
      waiting.delete(id);
      question?.resolve(row);
    },
    failed(id, message) {
      const question = waiting.get(id);
      waiting.delete(id);
      question?.reject(message);
    },
  };
}
