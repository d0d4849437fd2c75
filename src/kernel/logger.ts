import { gatherLines } from './gather-lines.ts';

/** Severities in the order of syslog, most urgent first; the names are nginx's and so Kong's. */
export const logLevels = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** Writes lines of one severity or more to a sink. */
export interface Logger {
  /** The least severe level that is written. */
  readonly level: LogLevel;
  /** True when a line of `level` would be written; ask before building an expensive message. */
  enabled(level: LogLevel): boolean;
  /** Changes the threshold from now on, also for loggers made with {@link Logger.child}. */
  setLevel(level: LogLevel): void;
  /** A logger that puts `name` in brackets before each message. */
  child(name: string): Logger;
  write(level: LogLevel, message: string): void;
  alert(message: string): void;
  crit(message: string): void;
  error(message: string): void;
  warn(message: string): void;
  notice(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** What {@link createLogger} needs. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Receives whole lines, each ending in a newline, gathered over one turn of the event loop. */
  readonly sink: (lines: string) => void;
  /** Written as `pid#worker` on each line, as nginx does. */
  readonly pid?: number;
  readonly worker?: number;
  readonly now?: () => Date;
}

const rank = Object.fromEntries(logLevels.map((name, index) => [name, index])) as Record<LogLevel, number>;

/**
 * Creates a logger in the format of nginx's error log: `2026/11/20 12:00:00 [warn] 17#1: message`.
 * Lines are gathered and handed to the sink once per turn of the event loop.
 */
export function createLogger(options: LoggerOptions): Logger {
  const now = options.now ?? (() => new Date());
  const origin = `${options.pid ?? process.pid}#${options.worker ?? 0}`;
  let threshold = rank[options.level];
  const gatherer = gatherLines(options.sink);
  let second = -1;
  let stamp = '';

  function line(level: LogLevel, prefix: string, message: string): void {
    if (rank[level] > threshold) return;
    const time = now();
    const current = Math.floor(time.getTime() / 1000);
    if (current !== second) {
      second = current;
      stamp = formatTime(time);
    }
    gatherer.write(`${stamp} [${level}] ${origin}: ${prefix}${message.replaceAll('\n', '\\n')}\n`);
    if (level === 'emerg' || level === 'alert') gatherer.flush();
  }

  function make(prefix: string): Logger {
    return {
      get level() {
        return logLevels[threshold]!;
      },
      enabled: (level) => rank[level] <= threshold,
      setLevel(level) {
        threshold = rank[level];
      },
      child: (name) => make(`${prefix}[${name}] `),
      write: (level, message) => line(level, prefix, message),
      alert: (message) => line('alert', prefix, message),
      crit: (message) => line('crit', prefix, message),
      error: (message) => line('error', prefix, message),
      warn: (message) => line('warn', prefix, message),
      notice: (message) => line('notice', prefix, message),
      info: (message) => line('info', prefix, message),
      debug: (message) => line('debug', prefix, message),
    };
  }
  return make('');
}

function formatTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  );
}

/** A logger that writes nothing; for tests and for rooms used without a gateway. */
export const silentLogger: Logger = createLogger({ level: 'emerg', sink: () => {} });
