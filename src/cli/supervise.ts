import type { RunningGateway } from '../gateway/index.ts';

/** Signals that a running node understands, as nginx does. */
export type NodeSignal = 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP';

/** What {@link superviseGateway} needs of the world. */
export interface Supervision {
  readonly gateway: RunningGateway;
  /** Calls back for each of these signals that arrives; returns how to stop listening. */
  readonly onSignal: (signal: NodeSignal, handler: () => void) => () => void;
  /** Monotonic time in milliseconds. */
  readonly now: () => number;
  /** Puts changed settings into the running gateway; a failure leaves it as it was. */
  readonly reload: () => Promise<void>;
  /** True when the terminal that the node was started from is gone. */
  readonly lostTerminal: () => boolean;
  readonly say: (text: string) => void;
}

/** How long a node that is interrupted from the terminal waits for requests under way, in milliseconds. */
const interruptTimeoutMs = 10_000;

/** Longest time that a timer can count: a graceful stop on SIGQUIT has no limit of its own. */
const noTimeoutMs = 2_147_483_647;

/** A terminal, a shell and npm may each deliver one and the same Ctrl-C; a second one comes later than this. */
const repeatedAfterMs = 300;

/**
 * Lets a gateway run until it is told to stop, and returns once it has: SIGTERM stops at once, SIGQUIT when the
 * requests under way are done, SIGINT likewise within ten seconds and at once when it comes again, SIGHUP reloads.
 */
export function superviseGateway(supervision: Supervision): Promise<void> {
  const { gateway, now, say } = supervision;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let interruptedAt: number | undefined;
  let isStopping = false;
  let reloading = Promise.resolve();

  const stop = (graceful: boolean, timeoutMs: number): void => {
    isStopping = true;
    gateway.stop({ graceful, timeoutMs }).then(resolve, reject);
  };
  const onInterrupt = (): void => {
    if (interruptedAt === undefined) {
      interruptedAt = now();
      say('Stopping: requests under way are finished first, Ctrl-C again stops at once');
      stop(true, interruptTimeoutMs);
    } else if (now() - interruptedAt > repeatedAfterMs) stop(false, 0);
  };
  const onHangUp = (): void => {
    if (isStopping) return;
    if (supervision.lostTerminal()) stop(true, interruptTimeoutMs);
    else reloading = reloading.then(supervision.reload);
  };
  const quit = (): void => {
    if (!isStopping) stop(true, noTimeoutMs);
  };

  const listeners = [
    supervision.onSignal('SIGINT', onInterrupt),
    supervision.onSignal('SIGTERM', () => stop(false, 0)),
    supervision.onSignal('SIGQUIT', quit),
    supervision.onSignal('SIGHUP', onHangUp),
  ];
  return promise.finally(() => {
    for (const unlisten of listeners) unlisten();
  });
}
