import type { EntityEvent } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { ChangeHearer } from './strategy.ts';
import type { After } from './timers.ts';

/** What some node published, with its place among all events. */
export interface PublishedEvent extends EntityEvent {
  readonly position: string;
}

/** How many events are read at a time. */
export const feedPage = 500;

/** What a feed needs of a shared store. */
export interface FeedOptions {
  /** The place of the newest event. */
  readonly newest: () => Promise<string>;
  /** The next {@link feedPage} events behind `after`, before `before` where given; own ones only when asked for. */
  readonly read: (range: {
    readonly after: string;
    readonly before?: string;
    readonly withOwn: boolean;
  }) => Promise<readonly PublishedEvent[]>;
  /** Runs work while no transaction of this node is under way. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly everyMs: number;
  /** How long the store keeps events, in milliseconds. */
  readonly keptMs: number;
  readonly clock: Clock;
  readonly after: After;
}

/** Hears what other nodes write to a shared store, in the order of the commits, own writes among them. */
export interface Feed {
  start(hearer: ChangeHearer): Promise<void>;
  /** Reads soon what is new. */
  wake(): void;
  /**
   * To be called when an own write is committed, before it is announced: tells of all that came before it. `previous` is
   * the place of the event before it, `own` its own.
   */
  catchUp(previous: string, own: string): Promise<void>;
  /** To be called when nobody can say whether an own write was committed: if it was, it is told of like another's. */
  doubt(): void;
  stop(): void;
}

/** Creates a feed over events that lie in the store in the order of the commits. */
export function createFeed(options: FeedOptions): Feed {
  let hearer: ChangeHearer | undefined;
  let position = '';
  let isWaking = false;
  // Set while own events may not have been announced, or ahead of older ones of others: then all are told, in order.
  let withOwn = false;
  let readAt = 0;
  let cancel = (): void => {};

  async function drain(before?: string): Promise<void> {
    for (let isMore = true; isMore; ) {
      const events = await options.read({ after: position, withOwn, ...(before === undefined ? {} : { before }) });
      const now = options.clock.monotonic();
      if (now - readAt > options.keptMs) hearer?.lost();
      readAt = now;
      for (const { position: place, ...event } of events) {
        position = place;
        hearer?.heard(event);
      }
      isMore = events.length === feedPage;
    }
    withOwn = false;
  }

  function poll(): Promise<void> {
    isWaking = false;
    return options.exclusively(async () => {
      if (hearer !== undefined) await drain();
    });
  }

  function schedule(): void {
    cancel = options.after(options.everyMs, () => {
      // A store that is away is asked again at the next turn; whoever needs it now reports the fault.
      poll()
        .catch(() => {})
        .finally(() => {
          if (hearer !== undefined) schedule();
        });
    });
  }

  return {
    async start(given) {
      position = await options.newest();
      readAt = options.clock.monotonic();
      hearer = given;
      schedule();
    },
    wake() {
      if (isWaking || hearer === undefined) return;
      isWaking = true;
      poll().catch(() => {});
    },
    async catchUp(previous, own) {
      if (hearer === undefined) return;
      if (previous !== position || withOwn) {
        try {
          await drain(own);
        } catch {
          withOwn = true;
          return;
        }
      }
      position = own;
    },
    doubt() {
      withOwn = true;
    },
    stop() {
      hearer = undefined;
      cancel();
    },
  };
}
