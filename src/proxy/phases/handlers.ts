import { GibbonError, messageOf } from '../../kernel/index.ts';
import type { Handler, Kong } from '../../pdk/index.ts';
import type { Instance } from '../../snapshot/index.ts';

/** The handlers of a plugin that may take their time. */
export type SlowPhase = 'rewrite' | 'access' | 'response';

/** What handlers run for: an exchange, or a raw stream. */
export interface Handled {
  /** The plugin whose handler runs. */
  plugin: Instance | undefined;
  readonly kong: Kong;
  /** What a handler wants the client to be told. */
  readonly answer: unknown;
  readonly isOver: boolean;
  /** What a client is told after a handler failed. */
  failureStatus: number;
  readonly requestId: string;
}

/** What a run of handlers came to. */
export type Outcome = 'done' | 'answered' | 'failed';

/**
 * Runs one handler. Returns its promise if it made one, else the outcome; a handler that throws is logged and never
 * reaches further than its request.
 */
export function runHandler(x: Handled, instance: Instance, handler: Handler): Outcome | Promise<Outcome> {
  x.plugin = instance;
  try {
    const returned: unknown = handler(x.kong);
    const pending = returned === undefined ? undefined : promiseOf(returned);
    if (pending !== undefined) {
      return pending.then(
        () => (x.answer === undefined ? 'done' : 'answered'),
        (fault: unknown) => {
          // Once the client is gone nothing can be set or answered any more, which is nobody's fault.
          if (!x.isOver) reportFault(x, instance, fault);
          return 'failed';
        },
      );
    }
  } catch (fault) {
    reportFault(x, instance, fault);
    return 'failed';
  }
  return x.answer === undefined ? 'done' : 'answered';
}

/** What a handler that takes its time returned; undefined for any other value, which says nothing. */
export function promiseOf(returned: unknown): Promise<unknown> | undefined {
  const isPromise =
    typeof returned === 'object' && returned !== null && typeof (returned as { then?: unknown }).then === 'function';
  return isPromise ? Promise.resolve(returned) : undefined;
}

/** Writes the one log line of a handler's fault; a body that its client spoilt is no fault of the handler's. */
export function reportFault(x: Handled, instance: Instance, fault: unknown): void {
  x.failureStatus = fault instanceof GibbonError && fault.source === 'downstream' ? fault.status : 500;
  if (x.failureStatus !== 500) return;
  const where = fault instanceof Error ? (fault.stack?.split('\n')[1]?.trim() ?? '') : '';
  instance.log.error(
    `Cannot finish handler: ${messageOf(fault)}${where === '' ? '' : ` ${where}`}, request_id: "${x.requestId}"`,
  );
}
