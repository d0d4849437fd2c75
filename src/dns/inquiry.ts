import type { GibbonError, TimerItem, TimerWheel } from '../kernel/index.ts';
import { decodeResponse, encodeQuery, type Message } from './codec.ts';
import { dnsFailed } from './faults.ts';
import type { RecordType, Reply } from './records.ts';
import type { NameServer } from './resolv-conf.ts';
import type { Wire } from './wire.ts';

/** A name server, and when it was last found silent. */
export interface KnownServer {
  readonly server: NameServer;
  /** Monotonic milliseconds until which others are asked before this one. */
  avoidUntil: number;
}

/** What an {@link inquire} needs. */
export interface InquiryOptions {
  readonly name: string;
  readonly type: RecordType;
  /** In the order in which they are to be asked; at least one. */
  readonly servers: readonly KnownServer[];
  /** Tries in all. */
  readonly attempts: number;
  /** Milliseconds for each. */
  readonly timeout: number;
  readonly useTcp: boolean;
  readonly wire: Wire;
  readonly wheel: TimerWheel;
  /** A number from 0 to 65535 that nobody can guess. */
  readonly randomId: () => number;
  /** Called for each server that was silent, or could not be reached. */
  readonly silent: (server: KnownServer) => void;
  readonly done: (outcome: Reply | GibbonError) => void;
}

/** Codes that may mean that the server does not understand EDNS (RFC 6891 7). */
const formatError = 1;
const notImplemented = 4;

/**
 * Puts one question to name servers, one after the other, until one answers. One that fails is left out from then on;
 * one that is silent may be asked again, and its late answer still counts: every query waits until the whole inquiry ends.
 */
export function inquire(options: InquiryOptions): void {
  const { name, type, servers, wheel, wire } = options;
  const closers: (() => void)[] = [];
  const failing = new Set<KnownServer>();
  let failure: Reply | undefined;
  let fault: Error | undefined;
  let tries = 0;
  let position = 0;
  let current: KnownServer | undefined;
  let isOver = false;

  const timer: TimerItem = {
    deadline: Number.POSITIVE_INFINITY,
    timerNext: null,
    timerPrevious: null,
    onTimeout() {
      fault = undefined;
      if (current !== undefined) options.silent(current);
      next();
    },
  };

  function end(outcome: Reply | GibbonError): void {
    if (isOver) return;
    isOver = true;
    wheel.cancel(timer);
    for (const close of closers) close();
    options.done(outcome);
  }

  function giveUp(): void {
    if (failure !== undefined) end(failure);
    else if (fault === undefined) end(dnsFailed(name, 'no name server answered in time'));
    else end(dnsFailed(name, `no name server could be reached: ${fault.message}`, fault));
  }

  /** Asks the next server that has not failed. */
  function next(): void {
    if (tries >= options.attempts || failing.size === servers.length) {
      giveUp();
      return;
    }
    do current = servers[position++ % servers.length]!;
    while (failing.has(current));
    tries += 1;
    ask(current, options.useTcp, true);
  }

  function ask(known: KnownServer, overTcp: boolean, edns: boolean): void {
    const id = options.randomId();
    const arm = (): void => {
      timer.deadline = wheel.now + options.timeout;
      wheel.schedule(timer);
    };
    let isAnswered = false;
    const fail = (): void => {
      failing.add(known);
      // A server that was given up on before says this late: another one is being asked by now.
      if (known === current) next();
    };
    const listener = {
      heard(bytes: Buffer): void {
        if (isOver || isAnswered) return;
        const message = decodeResponse(bytes);
        if (message === undefined || !isAnswer(message, id, name, type)) {
          // Over UDP anybody may have sent it, so the real answer may still come; over TCP nothing more will.
          if (overTcp) listener.failed(new Error('the answer makes no sense'));
          return;
        }
        isAnswered = true;
        if (message.isTruncated && !overTcp) {
          if (known === current) arm();
          ask(known, true, edns);
        } else if (message.code === 0 || message.code === 3) {
          known.avoidUntil = 0;
          end(message);
        } else if (edns && (message.code === formatError || message.code === notImplemented)) {
          ask(known, overTcp, false);
        } else {
          failure = message;
          fail();
        }
      },
      failed(reason: Error): void {
        if (isOver || isAnswered) return;
        isAnswered = true;
        fault = reason;
        options.silent(known);
        fail();
      },
    };
    if (known === current) arm();
    const close = (overTcp ? wire.tcp : wire.udp)(known.server, encodeQuery(id, name, type, edns), listener);
    if (isOver) close();
    else closers.push(close);
  }

  next();
}

/** A server that cannot read a query may leave its question out of the answer. */
function isAnswer(message: Message, id: number, name: string, type: RecordType): boolean {
  if (message.id !== id) return false;
  return (message.name === name && message.type === type) || (message.type === '' && message.code === formatError);
}
